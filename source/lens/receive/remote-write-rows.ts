import type { MetricRow, MetricType } from '../store/schema.ts';
import { countOf, nativeBuckets } from './native-histograms.ts';
import { formatBound } from './otlp-metrics.ts';
import { PayloadError } from './payload.ts';
import { exemplarColumns, NO_EXEMPLAR } from './prometheus-scrape.ts';
import { typeOf } from './prometheus-text.ts';
import { type Refused, refusalOfTime } from './refused.ts';
import { isStaleMarker, type Label, numberOf, type WriteRequest, type WrittenSeries } from './remote-write-messages.ts';

/** The counts of the X-Prometheus-Remote-Write-*-Written headers. */
export type Written = { samples: number; histograms: number; exemplars: number };
type RemoteWriteRows = { rows: MetricRow[]; written: Written; refused: Refused[] };

type Types = ReadonlyMap<string, MetricType>;
type Labels = Record<string, string>;
/** The columns that all rows of a series share. */
type Target = Omit<MetricRow, 'time' | 'value'> & { type: MetricType };

/**
 * Converts samples to rows, and native histograms to rows of cumulative buckets. Stale markers and exemplars become rows
 * without a value: senders send exemplars separately from samples, often in another request.
 *
 * @param types by metric family, for series without a type
 */
export function remoteWriteRows({ series }: WriteRequest, types: Types): RemoteWriteRows {
  const result: RemoteWriteRows = { rows: [], written: { samples: 0, histograms: 0, exemplars: 0 }, refused: [] };
  for (const one of series) {
    const refuse = (error: unknown, entries: number) => {
      if (!(error instanceof PayloadError)) throw error;
      result.refused.push({ entries, reason: `series ${shown(one.labels)}: ${error.message}` });
    };
    try {
      addSeries(one, types, result, refuse);
    } catch (error) {
      refuse(error, one.samples.length + one.histograms.length + one.exemplars.length);
    }
  }
  return result;
}

function addSeries(
  series: WrittenSeries,
  types: Types,
  { rows, written }: RemoteWriteRows,
  refuse: (error: unknown, entries: number) => void,
): void {
  const { name, labels } = identityOf(series.labels);
  const service = labels.service_name || labels.job?.split('/').at(-1) || 'unknown_service';
  const type = series.type ?? typeOf(name, types);
  const target: Target = { ...NO_EXEMPLAR, service, name, type, labels: JSON.stringify(labels), once: true };
  const each = <Item>(kind: keyof Written, items: readonly Item[], toRows: (item: Item) => MetricRow[]) => {
    for (const item of items) {
      try {
        rows.push(...toRows(item));
        written[kind] += 1;
      } catch (error) {
        refuse(error, 1);
      }
    }
  };
  each('samples', series.samples, ({ value, timestamp, startTimestamp }) => {
    const time = possible(timestamp);
    if (isStaleMarker(value)) return [{ ...target, time, value: null }];
    const start = startOf(target, time, [startTimestamp, series.startTimestamp]);
    return Number.isNaN(numberOf(value)) ? start : [...start, { ...target, time, value: numberOf(value) }];
  });
  each('histograms', series.histograms, (histogram) => {
    const time = possible(histogram.timestamp);
    return nativeRows(histogram, { ...target, type: 'histogram' }, labels).flatMap((row) => [
      ...startOf(row, time, [histogram.startTimestamp, series.startTimestamp]),
      { ...row, time },
    ]);
  });
  each('exemplars', series.exemplars, (exemplar) => {
    // May be old, because histogram buckets keep their last exemplar.
    const isOld = exemplar.timestamp.toNumber() > 0 && exemplar.timestamp.toNumber() < Date.now();
    const time = isOld ? micros(exemplar.timestamp) : possible(exemplar.timestamp);
    const ids = Object.fromEntries(known(exemplar.labels).map(({ name, value }) => [name, value]));
    const columns = exemplarColumns({ labels: ids, value: exemplar.value, timestampMs: exemplar.timestamp.toNumber() });
    return [{ ...target, ...columns, time, value: null }];
  });
}

type Histogram = WrittenSeries['histograms'][number];

function nativeRows(histogram: Histogram, target: Target, labels: Labels): Omit<MetricRow, 'time'>[] {
  const isEnd = isStaleMarker(histogram.sum);
  const row = (suffix: string, value: number | null) => ({ ...target, name: `${target.name}${suffix}`, value });
  const buckets = isEnd ? [] : nativeBuckets(histogram);
  const sum = numberOf(histogram.sum);
  return [
    ...buckets.map(({ upperBound, count }) => ({
      ...row('_bucket', count),
      labels: JSON.stringify({ ...labels, le: formatBound(upperBound) }),
    })),
    ...(Number.isNaN(sum) && !isEnd ? [] : [row('_sum', isEnd ? null : sum)]),
    row('_count', isEnd ? null : countOf(histogram)),
  ];
}

type Timestamp = Histogram['timestamp'];

const micros = (timestamp: Timestamp) => BigInt(timestamp.toString()) * 1000n;

function possible(timestamp: Timestamp): bigint {
  const time = micros(timestamp);
  const refusal = refusalOfTime(time);
  if (refusal !== undefined) throw new PayloadError(refusal);
  return time;
}

/** With older starts, the whole total would look like an increase at the first sample. */
const RECENT_START = 300_000_000n;

/** A 0 at the start time, so that the increase up to the first sample is visible. */
function startOf(
  { value: _, ...target }: Target & { value?: unknown },
  time: bigint,
  starts: (Timestamp | undefined)[],
): MetricRow[] {
  if (target.type !== 'counter' && target.type !== 'histogram') return [];
  const start = starts.map((given) => (given === undefined ? 0n : micros(given))).find((given) => given !== 0n);
  const isRecent = start !== undefined && start < time && start >= time - RECENT_START;
  return isRecent ? [{ ...target, time: start, value: 0 }] : [];
}

/** Sorts labels, so that equal series have equal JSON. An empty label value is the same as no label. */
function identityOf(given: Label[] | undefined): { name: string; labels: Labels } {
  const labels = known(given).filter(({ value }) => value !== '');
  labels.sort((one, other) => (one.name < other.name ? -1 : 1));
  const repeated = labels.find(({ name }, index) => name === labels[index + 1]?.name);
  if (repeated !== undefined) throw new PayloadError(`duplicate label ${repeated.name}`);
  if (labels[0]?.name === '') throw new PayloadError('a label has no name');
  const { __name__: name, ...rest } = Object.fromEntries(labels.map(({ name, value }) => [name, value]));
  if (name === undefined) throw new PayloadError('it has no __name__');
  return { name, labels: rest };
}

function known(labels: Label[] | undefined): Label[] {
  if (labels === undefined) throw new PayloadError('its labels_refs are not pairs of valid symbol references');
  return labels;
}

function shown(labels: Label[] | undefined): string {
  return JSON.stringify(Object.fromEntries((labels ?? []).map(({ name, value }) => [name, value]))).slice(0, 200);
}
