import type { Target } from '../config.ts';
import type { MetricRow } from '../store/schema.ts';
import { type Exemplar, type Format, parseMetrics, type Sample } from './prometheus-text.ts';
import { fetchBody, type PullOptions, pullRegularly } from './pull.ts';

const ACCEPT = 'application/openmetrics-text; version=1.0.0; charset=utf-8, text/plain; version=0.0.4; q=0.5';
const MAX_TIMEOUT_MS = 10_000;

/** Scrapes the targets until disposed. As in Prometheus, each scrape adds an `up` sample: 1, or 0 if it failed. */
export function startScraping(options: PullOptions): AsyncDisposable {
  const { store, intervalMs } = options;
  const timeoutMs = Math.min(Math.max(intervalMs, 1000), MAX_TIMEOUT_MS);
  async function scrape(target: Target, stopped: AbortSignal, time: bigint): Promise<void> {
    const { body, contentType } = await fetchBody(target.url, { headers: { accept: ACCEPT }, timeoutMs, stopped });
    const format: Format = contentType.startsWith('application/openmetrics-text') ? 'openmetrics' : 'classic';
    const samples = parseMetrics(body.toString('utf8'), format);
    store.append('metrics', [upRow(target, time, 1), ...sampleRows(samples, target.name, time)], body.length);
  }
  return pullRegularly(options, 'scrape', scrape, (target, time) => {
    store.append('metrics', [upRow(target, time, 0)], 0);
  });
}

function upRow({ name: service }: Target, time: bigint, value: 0 | 1): MetricRow {
  return { ...NO_EXEMPLAR, time, service, name: 'up', type: 'gauge', labels: '{}', value };
}

export const NO_EXEMPLAR = {
  exemplar_trace_id: null,
  exemplar_span_id: null,
  exemplar_value: null,
  exemplar_time: null,
};

/** Skips samples without a value (NaN). @param time of the scrape, for samples without their own timestamp */
export function sampleRows(samples: readonly Sample[], service: string, time: bigint): MetricRow[] {
  return samples
    .filter(({ value }) => !Number.isNaN(value))
    .map(({ name, type, labels, value, timestampMs, exemplar }) => ({
      time: toMicros(timestampMs) ?? time,
      service,
      name,
      type,
      labels: JSON.stringify(labels),
      value,
      ...exemplarColumns(exemplar),
    }));
}

export function exemplarColumns(exemplar: Exemplar | undefined) {
  if (exemplar === undefined || Number.isNaN(exemplar.value)) return NO_EXEMPLAR;
  const { labels, value, timestampMs } = exemplar;
  return {
    exemplar_trace_id: labels.traceID ?? labels.trace_id ?? null,
    exemplar_span_id: labels.spanID ?? labels.span_id ?? null,
    exemplar_value: value,
    exemplar_time: toMicros(timestampMs),
  };
}

function toMicros(timestampMs: number | undefined): bigint | null {
  return timestampMs === undefined || !Number.isFinite(timestampMs) ? null : BigInt(Math.round(timestampMs * 1000));
}
