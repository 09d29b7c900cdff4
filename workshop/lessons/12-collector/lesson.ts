import { exists, flow, having, value, values } from '../../check/requirement.ts';
import { memoryLimiter, onAllAddresses } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';

const receiver = {
  kind: 'receivers.otlp',
  where: {
    'protocols/grpc/endpoint': onAllAddresses(4317),
    'protocols/http/endpoint': onAllAddresses(4318),
  },
};
const limiter = memoryLimiter('processors.memory_limiter', 'limit_mib', [50, 400]);
const batch = { kind: 'processors.batch' };
const BATCHES = {
  'sending_queue/enabled': true,
  'sending_queue/batch/flush_timeout': { atLeast: '10ms', atMost: '10s' },
} as const;
const tempo = {
  anyOf: [
    { kind: 'exporters.otlp', where: { 'tls/insecure': true, endpoint: { pattern: /^(http:\/\/)?tempo:4317$/ } } },
    { kind: 'exporters.otlp', where: { endpoint: { pattern: /^http:\/\/tempo:4317$/ } } },
    { kind: 'exporters.otlphttp', where: { endpoint: { pattern: /^http:\/\/tempo:4318$/ } } },
  ],
};
const loki = { kind: 'exporters.otlphttp', where: { endpoint: { pattern: /^http:\/\/loki:3100\/otlp\/?$/ } } };
const MIMIR = { pattern: /^http:\/\/mimir:9009\/api\/v1\/push$/ };
const mimir = {
  anyOf: [
    { kind: 'exporters.prometheusremotewrite', where: { 'http/endpoint': MIMIR } },
    { kind: 'exporters.prometheusremotewrite', where: { endpoint: MIMIR } },
  ],
};
const spanmetrics = { kind: 'connectors.spanmetrics', where: { namespace: 'traces.spanmetrics' } };

export default {
  ...about('12', '12-collector', 'The same in the OpenTelemetry Collector', 30, 'otel.yml'),
  requirements: [
    task(
      exists('receiver', receiver),
      'The receiver must accept OTLP over gRPC and HTTP.',
      'In protocols, add http with endpoint: 0.0.0.0:4318.',
      'receivers',
    ),
    task(
      exists('tempo', tempo),
      'Traces have no path to Tempo.',
      'endpoint: tempo:4317 and tls: { insecure: true }.',
      'exporters',
    ),
    task(
      exists('loki', loki),
      'Logs have no path to Loki.',
      'otlp_http/loki, with endpoint: http://loki:3100/otlp.',
      'exporters',
    ),
    task(
      exists('mimir', mimir),
      'Metrics have no path to Mimir.',
      'prometheus_remote_write/mimir, with http: { endpoint: http://mimir:9009/api/v1/push }.',
      'exporters',
    ),
    task(
      exists('limiter', limiter),
      'A flood of data would crash the process.',
      'memory_limiter, with check_interval: 1s and limit_mib: 300.',
      'processors',
    ),
    task(
      flow('traces', receiver, tempo, { through: [limiter], always: true, signal: 'traces' }),
      'The pipeline traces has no memory limiter, or does not end at Tempo.',
      'processors: [memory_limiter].',
      'service',
    ),
    task(
      {
        ...{ id: 'batched', type: 'any' },
        of: [
          { id: 'batched', type: 'exists', of: having(tempo, BATCHES) },
          { id: 'batched', type: 'flow', from: receiver, through: [batch], to: tempo, signal: 'traces' },
        ],
      },
      'Each export is a request with only a few spans. Hundreds would fit into one.',
      'In the exporter, sending_queue: { batch: { flush_timeout: 500ms } }.',
      'exporters',
    ),
    task(
      flow('logs', receiver, loki, { through: [limiter], always: true, signal: 'logs' }),
      'There is no pipeline for logs, or it ends nowhere.',
      'logs: with receivers, processors and exporters.',
      'service',
    ),
    task(
      flow('metrics', receiver, mimir, { through: [limiter], always: true, signal: 'metrics' }),
      'There is no pipeline for metrics, or it ends nowhere.',
      'metrics: with receivers, processors and exporters.',
      'service',
    ),
    task(
      flow('span-metrics', receiver, mimir, { through: [spanmetrics], signal: 'traces' }),
      'A connector is an exporter in one pipeline, and a receiver in another.',
      'Add span_metrics to the exporters of traces, and to the receivers of metrics.',
      'service',
    ),
    task(
      values('dimensions', spanmetrics, 'dimensions/name', ['http.method', 'beast']),
      'Two span attributes must become labels.',
      'dimensions is a list; each item has a name.',
      'connectors',
    ),
    task(
      values('instance', spanmetrics, 'exclude_dimensions', ['collector.instance.id']),
      'One label gets a new value each time the Collector starts, which creates new series.',
      'exclude_dimensions: [collector.instance.id].',
      'connectors',
    ),
    task(
      value('seconds', spanmetrics, 'histogram/unit', 's'),
      'Prometheus measures time in seconds.',
      'histogram: { unit: s }.',
      'connectors',
    ),
  ],
  question: {
    text: "In Alloy, a component references the next one. Where does the Collector's configuration set the order?",
    answer: /pipelines?/i,
    reason: 'In service.pipelines: three lists for each signal. A component that is in no pipeline does not run.',
  },
  live: [
    {
      id: 'span-arrives',
      type: 'spans',
      input: { attributes: { 'http.method': 'GET', beast: 'unicorn' } },
      expect: {},
    },
    { id: 'line-arrives', type: 'otlp-line' },
    { id: 'metric-arrives', type: 'otlp-metric' },
    {
      id: 'span-metrics-arrive',
      type: 'series',
      query: 'traces_spanmetrics_calls_total{http_method="GET",beast="unicorn",span_name="{marker}"}',
    },
  ],
} satisfies Lesson;
