// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { BytesPerSecondIEC, PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import type { Row } from '../layout/dashboard.ts';
import { graph } from '../panels/graph.ts';
import { promql } from '../queries/queries.ts';
import { BACKENDS, every, rateOf } from '../queries/stack.ts';

export const ingestion: Row = {
  title: 'Backends: storage',
  panels: [
    graph({
      title: 'Mimir: series',
      description:
        'Series in memory, and how many of them are still active. A jump means a new label value or a recreated container.',
      queries: [
        promql('sum(cortex_ingester_memory_series)', { legend: 'in memory', every }),
        promql('sum(cortex_ingester_active_series)', { legend: 'active', every }),
        promql('sum(tempo_metrics_generator_registry_active_series)', {
          legend: 'of these, from Tempo (span metrics)',
          every,
        }),
      ],
      unit: Short,
      width: 8,
    }),
    graph({
      title: 'Loki: streams and bytes',
      description:
        'A stream is a set of labels. Loki is designed for few streams with many lines; log-storm raises the bytes, not the streams.',
      queries: [
        promql(rateOf('loki_distributor_bytes_received_total'), {
          legend: 'bytes received',
          every,
        }),
        promql('sum(loki_ingester_memory_streams)', { legend: 'streams', every }),
      ],
      unit: BytesPerSecondIEC,
      width: 8,
    }).overrideByName('streams', [
      { id: 'unit', value: Short },
      { id: 'custom.axisPlacement', value: 'right' },
    ]),
    graph({
      title: 'Tempo: live traces and bytes',
      description: 'Traces for which Tempo still expects spans, and bytes received.',
      queries: [
        promql(rateOf('tempo_distributor_bytes_received_total'), {
          legend: 'bytes received',
          every,
        }),
        promql('sum(tempo_live_store_live_traces)', { legend: 'live traces', every }),
      ],
      unit: BytesPerSecondIEC,
      width: 8,
    }).overrideByName('live traces', [
      { id: 'unit', value: Short },
      { id: 'custom.axisPlacement', value: 'right' },
    ]),
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
      width: 8,
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
      width: 8,
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
      width: 8,
    }),
  ],
};
