import { formatPercent, formatRate } from '@mythical/ui/page/format.ts';
import { seriesColour } from '../lib/colours.ts';
import { usePlace } from '../lib/router.ts';
import { pivot } from '../lib/series.ts';
import type { Sql } from '../lib/sql.ts';
import { extent, stepSeconds } from '../lib/time.ts';
import { useQuery } from '../lib/use-query.ts';
import { Chart, type ChartProps } from '../parts/chart.tsx';
import { NoRequests } from '../parts/empty.tsx';
import { Chips, Fields, SelectField, ServiceField } from '../parts/fields.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { TraceTable } from '../parts/trace-table.tsx';
import { errorsQuery, type RedFilter, type RedSource, rateQuery, type SeriesRow } from '../queries/red.ts';
import { tracesQuery } from '../queries/traces.ts';
import { EndpointPanel } from './endpoint-panel.tsx';
import { LatencyPanel } from './latency-panel.tsx';
import { VersionPanel } from './version-panel.tsx';

/** Rate, errors and duration: charts, tables by endpoint and version, and recent traces. */
export function RedView() {
  const { route, range } = usePlace();
  const filter: RedFilter = route.params;
  const source: RedSource = route.params.source === 'histogram' ? 'histogram' : 'spans';
  return (
    <>
      <Fields>
        <ServiceField any="all" />
        <SelectField
          label="Source"
          name="source"
          any="spans (exact)"
          options={['histogram']}
          labels={{ histogram: 'histogram mythical_request_times' }}
        />
        <Chips names={['endpoint', 'method', 'version']} />
      </Fields>
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,24rem),1fr))] items-start gap-3 [&_.empty]:min-h-44">
        <SeriesPanel
          title="Request rate"
          id="rate"
          sql={rateQuery(source, filter, range)}
          gap={0}
          format={formatRate}
          minTop={1}
        />
        <SeriesPanel
          title="Error rate"
          id="errors"
          sql={errorsQuery(source, filter, range)}
          gap={null}
          format={formatPercent}
          minTop={0.05}
          maxTop={1}
        />
        <LatencyPanel source={source} filter={filter} />
      </div>
      <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,5fr)_minmax(0,3fr)]">
        <EndpointPanel filter={filter} />
        <VersionPanel filter={filter} />
      </div>
      <TraceTable title="Recent traces" id="red-traces" sql={tracesQuery(filter, range, 20)} />
    </>
  );
}

type SeriesPanelProps = Pick<ChartProps, 'format' | 'minTop' | 'maxTop'> & {
  title: string;
  id: string;
  sql: Sql;
  /** The value of steps without requests. */
  gap: number | null;
};

function SeriesPanel({ title, id, sql, gap, ...axis }: SeriesPanelProps) {
  const { range } = usePlace();
  const query = useQuery<SeriesRow>(id, sql);
  const lines = pivot(query.rows, stepSeconds(range), gap, seriesColour);
  return (
    <QueryPanel title={title} query={query} empty={<NoRequests />}>
      <Chart label={title} lines={lines} extent={extent(range)} {...axis} />
    </QueryPanel>
  );
}
