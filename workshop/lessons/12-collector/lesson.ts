import type { Lesson } from '../lesson.ts';

const receiver = {
  kind: 'receivers.otlp',
  where: {
    'protocols/grpc/endpoint': { pattern: /^0\.0\.0\.0:4317$/ },
    'protocols/http/endpoint': { pattern: /^0\.0\.0\.0:4318$/ },
  },
};
const limiter = {
  kind: 'processors.memory_limiter',
  where: { limit_mib: { atLeast: 50, atMost: 400 }, check_interval: { atLeast: '100ms', atMost: '10s' } },
} as const;
const batch = { kind: 'processors.batch' };
const BATCHES = { 'sending_queue/batch/flush_timeout': { atLeast: '10ms', atMost: '10s' } } as const;
const tempo = {
  anyOf: [
    { kind: 'exporters.otlp', where: { 'tls/insecure': true, endpoint: { pattern: /^(http:\/\/)?tempo:4317$/ } } },
    { kind: 'exporters.otlphttp', where: { endpoint: { pattern: /^http:\/\/tempo:4318$/ } } },
  ],
};
const loki = { kind: 'exporters.otlphttp', where: { endpoint: 'http://loki:3100/otlp' } };
const MIMIR = { pattern: /^http:\/\/mimir:9009\/api\/v1\/push$/ };
const mimir = {
  anyOf: [
    { kind: 'exporters.prometheusremotewrite', where: { 'http/endpoint': MIMIR } },
    { kind: 'exporters.prometheusremotewrite', where: { endpoint: MIMIR } },
  ],
};
const spanmetrics = { kind: 'connectors.spanmetrics', where: { namespace: 'traces.spanmetrics' } };

export default {
  ...{
    name: '12',
    folder: '12-collector',
    title: 'The same in the OpenTelemetry Collector',
    minutes: 30,
    file: 'otel.yml',
  },
  requirements: [
    { id: 'receiver', type: 'exists', of: receiver },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'loki', type: 'exists', of: loki },
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'limiter', type: 'exists', of: limiter },
    { id: 'traces', type: 'flow', from: receiver, through: [limiter], always: true, to: tempo, signal: 'traces' },
    {
      ...{ id: 'batched', type: 'any' },
      of: [
        { id: 'batched', type: 'exists', of: { kind: ['exporters.otlp', 'exporters.otlphttp'], where: BATCHES } },
        { id: 'batched', type: 'flow', from: receiver, through: [batch], to: tempo, signal: 'traces' },
      ],
    },
    { id: 'logs', type: 'flow', from: receiver, through: [limiter], always: true, to: loki, signal: 'logs' },
    { id: 'metrics', type: 'flow', from: receiver, through: [limiter], always: true, to: mimir, signal: 'metrics' },
    { id: 'span-metrics', type: 'flow', from: receiver, through: [spanmetrics], to: mimir, signal: 'traces' },
    {
      id: 'dimensions',
      type: 'values',
      of: spanmetrics,
      attribute: 'dimensions/name',
      include: ['http.method', 'beast'],
    },
    {
      ...{ id: 'instance', type: 'values', of: spanmetrics, attribute: 'exclude_dimensions' },
      include: ['collector.instance.id'],
    },
    { id: 'seconds', type: 'value', of: spanmetrics, attribute: 'histogram/unit', is: 's' },
  ],
  hints: {
    receiver: ['OTLP has to come in by both forms.', 'In protocols, http with endpoint: 0.0.0.0:4318.', 'receivers'],
    tempo: ['Traces have no way to Tempo.', 'endpoint: tempo:4317 and tls: { insecure: true }.', 'exporters'],
    loki: ['Logs have no way to Loki.', 'otlp_http/loki, with endpoint: http://loki:3100/otlp.', 'exporters'],
    mimir: [
      'Metrics have no way to Mimir.',
      'prometheus_remote_write/mimir, with http: { endpoint: http://mimir:9009/api/v1/push }.',
      'exporters',
    ],
    limiter: [
      'A flood of data would end the process.',
      'memory_limiter, with check_interval: 1s and limit_mib: 300.',
      'processors',
    ],
    traces: [
      'The pipeline traces lacks the memory limiter, or does not end at Tempo.',
      'processors: [memory_limiter].',
      'service',
    ],
    batched: [
      'Each export is a request of few spans. Hundreds fit into one.',
      'In the exporter, sending_queue: { batch: { flush_timeout: 500ms } }.',
      'exporters',
    ],
    logs: [
      'There is no pipeline for logs, or it ends nowhere.',
      'logs: with receivers, processors and exporters.',
      'service',
    ],
    metrics: [
      'There is no pipeline for metrics, or it ends nowhere.',
      'metrics: with receivers, processors and exporters.',
      'service',
    ],
    'span-metrics': [
      'A connector is an exporter to one pipeline, and a receiver to another.',
      'span_metrics among the exporters of traces, and among the receivers of metrics.',
      'service',
    ],
    dimensions: ['Two attributes of spans are to be labels.', 'dimensions: a list, each with a name.', 'connectors'],
    instance: [
      'One label has a new value with each start of the Collector: all series begin again.',
      'exclude_dimensions: [collector.instance.id].',
      'connectors',
    ],
    seconds: ['Prometheus counts time in seconds.', 'histogram: { unit: s }.', 'connectors'],
  },
  question: {
    text: 'In Alloy a component names the next one. Where does the Collector say what comes after what?',
    answer: /pipelines?/i,
    reason: 'service.pipelines: three lists for each signal. What no pipeline names does not run.',
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
