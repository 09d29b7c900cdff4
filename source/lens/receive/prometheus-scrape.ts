import type { Target } from '../config.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { MetricRow } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import { type Exemplar, type Format, parseMetrics, type Sample } from './prometheus-text.ts';
import { createFailureLog, fetchBody, pullRegularly } from './pull.ts';

export type ScrapeOptions = {
  targets: readonly Target[];
  intervalMs: number;
  store: Pick<Store, 'append'>;
  metrics: Pick<SelfMetrics, 'scrapeFailures'>;
  announce: (message: string) => void;
};

const ACCEPT = 'application/openmetrics-text; version=1.0.0; charset=utf-8, text/plain; version=0.0.4; q=0.5';
const MAX_TIMEOUT_MS = 10_000;

/** Scrapes the targets until disposed. As in Prometheus, each scrape adds an `up` sample: 1, or 0 if it failed. */
export function startScraping({ targets, intervalMs, store, metrics, announce }: ScrapeOptions): AsyncDisposable {
  const log = createFailureLog(announce);
  const timeoutMs = Math.min(Math.max(intervalMs, 1000), MAX_TIMEOUT_MS);
  return pullRegularly(targets, intervalMs, async (target, stopped) => {
    const time = BigInt(Date.now()) * 1000n;
    try {
      const { body, contentType } = await fetchBody(target.url, { headers: { accept: ACCEPT }, timeoutMs, stopped });
      const format: Format = contentType.startsWith('application/openmetrics-text') ? 'openmetrics' : 'classic';
      const samples = parseMetrics(body.toString('utf8'), format);
      store.append('metrics', [upRow(target, time, 1), ...sampleRows(samples, target.name, time)], body.length);
      log.succeeded(target, 'scrape');
    } catch (error) {
      if (stopped.aborted) return;
      metrics.scrapeFailures.inc({ target: target.name });
      store.append('metrics', [upRow(target, time, 0)], 0);
      log.failed(target, 'scrape', error);
    }
  });
}

function upRow(target: Target, time: bigint, value: 0 | 1): MetricRow {
  return { ...NO_EXEMPLAR, time, service: target.name, name: 'up', type: 'gauge', labels: '{}', value };
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
