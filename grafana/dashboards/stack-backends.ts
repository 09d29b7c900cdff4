import { BytesPerSecondIEC, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { graph } from '../panels/graph.ts';
import { bars } from '../panels/number.ts';
import { promql, promqlByLegend, promqlNow } from '../queries/queries.ts';
import { BACKENDS, every, rateOf } from '../queries/stack.ts';

export const ingestion: Row = {
  title: 'Backends: storage',
  panels: [
    graph({
      title: 'Mimir: series',
      description:
        'Series in memory, and how many of them are still active. A jump means a new label value or a recreated container.',
      queries: promqlByLegend(every, {
        'in memory': 'sum(cortex_ingester_memory_series)',
        active: 'sum(cortex_ingester_active_series)',
        'of these, from Tempo (span metrics)': 'sum(tempo_metrics_generator_registry_active_series)',
      }),
      unit: Short,
      width: 12,
      height: 12,
    }),
    bars({
      title: 'Samples by target',
      description: 'Samples per scrape: which targets produce the most data in Mimir.',
      queries: [promqlNow('sort_desc(sum by (job) (scrape_samples_post_metric_relabeling))')],
      unit: Short,
      warnAt: 5_000,
      alarmAt: 20_000,
      width: 12,
      height: 12,
    }),
    graph({
      title: 'Loki: streams and bytes',
      description:
        'A stream is a set of labels. Loki is designed for few streams with many lines; log-storm raises the bytes, not the streams.',
      queries: promqlByLegend(every, {
        'bytes received': rateOf('loki_distributor_bytes_received_total'),
        streams: 'sum(loki_ingester_memory_streams)',
      }),
      unit: BytesPerSecondIEC,
      rightAxis: { series: 'streams', unit: Short },
      width: 12,
    }),
    graph({
      title: 'Tempo: live traces and bytes',
      description: 'Traces for which Tempo still expects spans, and bytes received.',
      queries: promqlByLegend(every, {
        'bytes received': rateOf('tempo_distributor_bytes_received_total'),
        'live traces': 'sum(tempo_live_store_live_traces)',
      }),
      unit: BytesPerSecondIEC,
      rightAxis: { series: 'live traces', unit: Short },
      width: 12,
    }),
  ],
};

export const queries: Row = {
  title: 'Backends: requests',
  panels: [
    graph({
      title: 'Requests',
      description: 'Requests per second that each backend answers: writes from Alloy and queries from Grafana.',
      queries: BACKENDS.map(({ name, requests }) =>
        promql(`sum(rate(${requests}_count{job="${name}", method!="gRPC"}[$__rate_interval]))`, {
          legend: name,
          every,
        }),
      ),
      unit: 'reqps',
    }),
    graph({
      title: 'p95 latency',
      description:
        'One in twenty requests takes longer. Queries over long time ranges are slow; writes should not be. Requests that run for a set time are left out: profiles, and log tailing.',
      queries: BACKENDS.map(({ name, requests }) =>
        promql(
          `histogram_quantile(0.95, sum by (le) (rate(${requests}_bucket{job="${name}", method!="gRPC", route!~".*(pprof|tail).*"}[$__rate_interval])))`,
          { legend: name, every },
        ),
      ),
      unit: Seconds,
      logarithmic: true,
    }),
    graph({
      title: 'Errors',
      description:
        'The share of requests that a backend answered with 5xx. Short peaks while the stack starts are normal.',
      queries: BACKENDS.map(({ name, requests }) =>
        promql(
          `(sum(rate(${requests}_count{job="${name}", method!="gRPC", status_code=~"5.."}[$__rate_interval])) or vector(0)) / sum(rate(${requests}_count{job="${name}", method!="gRPC"}[$__rate_interval]))`,
          { legend: name, every },
        ),
      ),
      unit: PercentUnit,
      alarmAt: 0.05,
    }),
  ],
};
