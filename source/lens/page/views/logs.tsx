import { formatCount } from '@mythical/ui/page/format.ts';
import { useRef } from 'react';
import { useLiveRows } from '../lib/live-rows.ts';
import { formatRoute } from '../lib/route.ts';
import { usePlace } from '../lib/router.ts';
import { type Lines, pivot } from '../lib/series.ts';
import { extent, stepSeconds } from '../lib/time.ts';
import { useQuery } from '../lib/use-query.ts';
import { Chart } from '../parts/chart.tsx';
import { Empty } from '../parts/empty.tsx';
import { Chips, Fields, SelectField, ServiceField, TextField } from '../parts/fields.tsx';
import { LiveControls } from '../parts/live-controls.tsx';
import { LogLines, logKey } from '../parts/log-line.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { LEVELS, type LogFilter, type LogRow, logsQuery, type VolumeRow, volumeQuery } from '../queries/logs.ts';

/** Log volume by level, and the latest lines. */
export function LogsView() {
  const { service, level, text, trace } = usePlace().route.params;
  const filter: LogFilter = { service, level, text, traceId: trace };
  return (
    <>
      <Fields>
        <ServiceField any="any" />
        <SelectField label="Level" name="level" any="any" options={LEVELS} />
        <TextField label="Text" name="text" placeholder="part of the line" />
        <Chips names={['trace']} />
        {trace && (
          <a className="leading-9" href={formatRoute('trace', {}, trace)}>
            Open trace
          </a>
        )}
      </Fields>
      <VolumePanel filter={filter} />
      <LinesPanel filter={filter} />
    </>
  );
}

function VolumePanel({ filter }: { filter: LogFilter }) {
  const { range } = usePlace();
  const query = useQuery<VolumeRow>('log-volume', volumeQuery(filter, range));
  const empty = (
    <Empty what="No log lines in this time range">
      Services push them to <code>/loki/api/v1/push</code>.
    </Empty>
  );
  return (
    <QueryPanel title="Log volume" query={query} empty={empty}>
      <Chart
        label="Log volume"
        lines={linesByLevel(query.rows, stepSeconds(range))}
        extent={extent(range)}
        format={formatCount}
        style="stacked bars"
        minTop={5}
        height={110}
      />
    </QueryPanel>
  );
}

function linesByLevel(rows: readonly VolumeRow[], step: number): Lines {
  const points = rows.map(({ time, level, lines }) => ({ time, series: level, value: lines }));
  const { times, series } = pivot(points, step, 0, (name) => `var(--level-${name})`);
  const rank = (name: string) => LEVELS.findIndex((level: string) => level === name);
  return { times, series: series.sort((a, b) => rank(a.name) - rank(b.name)) };
}

function LinesPanel({ filter }: { filter: LogFilter }) {
  const { range } = usePlace();
  const query = useQuery<LogRow>('logs', logsQuery(filter, range));
  const list = useRef<HTMLOListElement>(null);
  const live = useLiveRows(query, logKey, list);
  const empty = (
    <Empty what="No matching log lines in this time range">
      Log lines arrive while the services are running: <code>npm start</code>.
    </Empty>
  );
  return (
    <QueryPanel title="Log lines" query={query} controls={<LiveControls live={live} />} empty={empty}>
      <LogLines rows={live.rows} areLinked testid="log-lines" ref={list} />
    </QueryPanel>
  );
}
