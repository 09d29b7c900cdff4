import { formatDuration, formatTime } from '@mythical/ui/page/format.ts';
import { type MouseEvent, useRef } from 'react';
import { useLiveRows } from '../lib/live-rows.ts';
import { formatRoute } from '../lib/route.ts';
import type { Sql } from '../lib/sql.ts';
import { parseTime } from '../lib/time.ts';
import { useQuery } from '../lib/use-query.ts';
import type { TraceRow } from '../queries/traces.ts';
import { NoRequests } from './empty.tsx';
import { LiveControls } from './live-controls.tsx';
import { QueryPanel } from './query-panel.tsx';
import { ServiceDot, ServiceLabel, vars } from './service.tsx';
import { Table } from './table.tsx';

const COLUMNS = ['Time', 'Root span', 'Services', 'Spans', 'Duration', 'Errors'];

const TABLE =
  'table-fixed max-sm:[&_thead]:hidden [&_th:first-child]:w-32 [&_th:nth-child(5)]:w-42 [&_th:nth-child(n+3)]:w-21';

/** The latest traces, for the trace search and below the RED charts. */
export function TraceTable({ title, id, sql }: { title: string; id: string; sql: Sql }) {
  const query = useQuery<TraceRow>(id, sql);
  const body = useRef<HTMLTableSectionElement>(null);
  const live = useLiveRows(query, (row) => row.trace_id, body);
  const longest = Math.max(1, ...live.rows.map((row) => row.duration_ms));
  const empty = <NoRequests what="No matching traces in this time range" />;
  return (
    <QueryPanel title={title} query={query} controls={<LiveControls live={live} />} empty={empty}>
      <Table className={TABLE} columns={COLUMNS} numeric={COLUMNS.slice(3)}>
        <tbody ref={body} data-testid="trace-rows">
          {live.rows.map((row) => (
            <Row key={row.trace_id} row={row} longest={longest} />
          ))}
        </tbody>
      </Table>
    </QueryPanel>
  );
}

function Row({ row, longest }: { row: TraceRow; longest: number }) {
  const { services, errors, duration_ms: duration } = row;
  const href = formatRoute('trace', {}, row.trace_id);
  return (
    <tr
      className="cursor-pointer max-sm:grid max-sm:grid-cols-[minmax(0,1fr)_auto_auto] max-sm:border-b max-sm:py-1 max-sm:*:border-0"
      onClick={(event) => follow(event, href)}
    >
      <td>
        <time title={row.started}>{formatTime(new Date(parseTime(row.started)))}</time>
      </td>
      <td className="truncate max-sm:col-span-full max-sm:row-start-1">
        <a className="text-ink" href={href} title={`Trace ${row.trace_id}`}>
          <ServiceLabel service={row.root_service} /> <b>{row.root_name}</b>
        </a>{' '}
        {row.endpoint && <span className="tag">{[row.method, row.endpoint].filter(Boolean).join(' ')}</span>}
      </td>
      <td className="space-x-0.5 text-soft max-sm:hidden" title={services.join(', ')}>
        {services.map((service) => (
          <ServiceDot key={service} service={service} />
        ))}{' '}
        {services.length}
      </td>
      <td className="number max-sm:hidden">{row.spans}</td>
      <td className="number share" style={vars({ '--share': Math.min(1, duration / longest) })}>
        {formatDuration(duration)}
      </td>
      <td className="number">{errors > 0 ? <b className="tag bad">{errors}</b> : '0'}</td>
    </tr>
  );
}

/** Opens the trace on a click anywhere in the row, except while selecting text or on the link itself. */
function follow(event: MouseEvent<HTMLElement>, href: string): void {
  if ((event.target as Element).closest('a') !== null || getSelection()?.isCollapsed === false) return;
  location.hash = href;
}
