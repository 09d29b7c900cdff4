import { formatClock, formatDuration } from '@mythical/ui/page/format.ts';
import { parseBound, quantileFromBuckets } from '../lib/quantile.ts';
import { useRetainedState } from '../lib/retained-state.ts';
import { formatRoute } from '../lib/route.ts';
import { usePlace } from '../lib/router.ts';
import { type Lines, pivot } from '../lib/series.ts';
import { extent, parseTime, stepSeconds } from '../lib/time.ts';
import { useQuery } from '../lib/use-query.ts';
import { Chart } from '../parts/chart.tsx';
import { NoRequests } from '../parts/empty.tsx';
import type { Mark } from '../parts/marks.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import {
  type BucketRow,
  type ExemplarRow,
  exemplarQuery,
  type LatencyRow,
  latencyQuery,
  type RedFilter,
  type RedSource,
} from '../queries/red.ts';

const QUANTILES = [
  { name: 'p50', q: 0.5, colour: 'var(--quantile-0)' },
  { name: 'p95', q: 0.95, colour: 'var(--quantile-1)' },
  { name: 'p99', q: 0.99, colour: 'var(--quantile-2)' },
] as const;

/** Quantiles over time, with exemplars that link to traces. */
export function LatencyPanel({ source, filter }: { source: RedSource; filter: RedFilter }) {
  const { range } = usePlace();
  // Either quantiles or the histogram's buckets to compute them from.
  const query = useQuery<LatencyRow & BucketRow>('latency', latencyQuery(source, filter, range));
  const exemplars = useQuery<ExemplarRow>('exemplars', exemplarQuery(filter, range));
  const [showsExemplars, setShowsExemplars] = useRetainedState('exemplars shown', false);
  const { rows } = query;
  const isBuckets = query.answer?.needed.some(({ name }) => name === 'le');
  const step = stepSeconds(range);
  const button = (
    <button
      type="button"
      className="small-button"
      aria-expanded={showsExemplars}
      onClick={() => setShowsExemplars(!showsExemplars)}
    >
      Exemplars
    </button>
  );
  return (
    <QueryPanel title="Latency p50, p95, p99" query={query} controls={button} empty={<NoRequests />}>
      <Chart
        label="Latency"
        lines={isBuckets ? linesFromBuckets(rows, step) : linesFromQuantiles(rows, step)}
        extent={extent(range)}
        format={formatDuration}
        minTop={10}
        marks={exemplars.rows.map(markOf)}
      />
      {showsExemplars && (
        <QueryPanel title="Exemplars" query={exemplars}>
          <p className="hint">Dots on the chart: the slowest exemplar of each interval, linked to its trace.</p>
        </QueryPanel>
      )}
    </QueryPanel>
  );
}

function markOf({ time, value, trace_id, endpoint, status }: ExemplarRow): Mark {
  const timeMs = parseTime(time);
  const request = [formatDuration(value), endpoint, status].filter(Boolean).join(' ');
  return {
    time: timeMs / 1000,
    value,
    href: formatRoute('trace', {}, trace_id),
    label: `${request} at ${formatClock(new Date(timeMs))}: open trace`,
  };
}

function linesFromQuantiles(rows: readonly LatencyRow[], step: number): Lines {
  const points = rows.flatMap((row) =>
    QUANTILES.map(({ name }) => ({ time: row.time, series: name, value: row[name] })),
  );
  return pivot(points, step, null, quantileColour);
}

function linesFromBuckets(rows: readonly BucketRow[], step: number): Lines {
  const points = [...Map.groupBy(rows, ({ time }) => time)].flatMap(([time, ofTime]) => {
    const buckets = ofTime.map(({ le, count }) => ({ le: parseBound(le), count }));
    return QUANTILES.map(({ name, q }) => ({ time, series: name, value: quantileFromBuckets(q, buckets) }));
  });
  return pivot(points, step, null, quantileColour);
}

function quantileColour(name: string): string {
  return QUANTILES.find((quantile) => quantile.name === name)!.colour;
}
