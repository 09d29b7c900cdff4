import { loki, mimir, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const spanlogs = { kind: 'otelcol.connector.spanlogs', where: { roots: true } } as const;
const spanmetrics = { kind: 'otelcol.connector.spanmetrics', where: { namespace: 'traces.spanmetrics' } } as const;
const servicegraph = { kind: 'otelcol.connector.servicegraph' };
const BODY = 'span="GET /unicorn" service_name=mythical-server traceID=0af7651916cd43dd8448eb211c80319c';

export default {
  ...{
    name: '6',
    folder: '06-from-spans',
    title: 'From spans: logs, metrics, service graph',
    minutes: 35,
    file: 'config.alloy',
  },
  requirements: [
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'loki', type: 'exists', of: loki },
    {
      id: 'traces',
      type: 'flow',
      from: otlpReceiver,
      through: [{ kind: 'otelcol.processor.batch' }],
      to: tempo,
      signal: 'traces',
    },
    { id: 'span-logs', type: 'flow', from: otlpReceiver, through: [spanlogs], to: loki, signal: 'traces' },
    {
      ...{ id: 'span-attributes', type: 'values', of: spanlogs, attribute: 'span_attributes' },
      include: ['http.method', 'http.target', 'http.status_code'],
    },
    {
      ...{ id: 'span-log-keys', type: 'exists' },
      of: {
        kind: 'otelcol.connector.spanlogs',
        where: { 'overrides/trace_id_key': 'traceID', 'overrides/service_key': 'service_name' },
      },
    },
    {
      ...{ id: 'span-log-labels', type: 'outcome', from: spanlogs, to: loki },
      input: { labels: { exporter: 'OTLP', level: 'INFO' }, line: JSON.stringify({ body: BODY, traceid: '0af7' }) },
      expect: {
        labels: { service_name: 'mythical-server', job: 'spanlogs' },
        onlyLabels: ['service_name', 'job'],
        line: /^span="GET \/unicorn" service_name=mythical-server/,
        metadata: { traceID: '0af7651916cd43dd8448eb211c80319c' },
      },
    },
    { id: 'span-metrics', type: 'flow', from: otlpReceiver, through: [spanmetrics], to: mimir, signal: 'traces' },
    {
      id: 'dimensions',
      type: 'values',
      of: spanmetrics,
      attribute: 'dimension/name',
      include: ['http.method', 'beast'],
    },
    { id: 'seconds', type: 'value', of: spanmetrics, attribute: 'histogram/unit', is: 's' },
    { id: 'service-graph', type: 'flow', from: otlpReceiver, through: [servicegraph], to: mimir, signal: 'traces' },
    {
      ...{ id: 'source-label', type: 'outcome', from: spanmetrics, to: mimir, input: { labels: {} } },
      expect: { labels: { source: 'workshop' } },
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    receiver: [
      'The receiver must accept OTLP over gRPC and HTTP.',
      'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
      'otelcol.receiver.otlp.default',
    ],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    mimir: [
      'Metrics have no path to Mimir.',
      "prometheus.remote_write, with Mimir's URL.",
      'prometheus.remote_write.mimir',
    ],
    loki: ['Lines have no path to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    traces: [
      'The traces themselves must still reach Tempo.',
      "In the receiver's traces list, keep otelcol.processor.batch.default.input.",
      'otelcol.receiver.otlp.default',
    ],
    'span-logs': [
      'A list can reference several receivers; each gets the same spans. One connector gets no spans, or sends nowhere.',
      "Add otelcol.connector.spanlogs.requests.input to the receiver's traces list.",
      'otelcol.receiver.otlp.default',
    ],
    'span-attributes': [
      "A request's line contains its method, target and status.",
      'span_attributes = ["http.method", "http.target", "http.status_code"].',
      'otelcol.connector.spanlogs.requests',
    ],
    'span-log-keys': [
      'The line must use the same field names as all other logs of the sandbox.',
      'In overrides: trace_id_key = "traceID", service_key = "service_name".',
      'otelcol.connector.spanlogs.requests',
    ],
    'span-log-labels': [
      'Look at such a line and its labels in Grafana: something is missing, or there is too much.',
      'Stages in order: json and output unwrap the line; logfmt parses it; labels (service_name), structured_metadata (traceID), static_labels (job = "spanlogs"), label_drop (exporter, level).',
      'loki.process.requests',
    ],
    'span-metrics': [
      'No span metrics are generated: the connector gets no spans, or sends nowhere.',
      "Add otelcol.connector.spanmetrics.red.input to the receiver's traces list.",
      'otelcol.receiver.otlp.default',
    ],
    dimensions: [
      'Span metrics have few labels. Each dimension adds one.',
      'Two dimension blocks: name = "http.method" and name = "beast".',
      'otelcol.connector.spanmetrics.red',
    ],
    seconds: [
      'Prometheus measures time in seconds.',
      'In the histogram block: unit = "s".',
      'otelcol.connector.spanmetrics.red',
    ],
    'service-graph': [
      'There is no service graph yet: a connector builds it from pairs of spans.',
      "Add otelcol.connector.servicegraph with the same exporter in its output, and reference it in the receiver's traces list.",
      'otelcol.connector.servicegraph.edges',
    ],
    'source-label': [
      'Tempo generates the same metrics. One label has to tell them apart.',
      'In prometheus.relabel, add a rule with target_label = "source" and replacement = "workshop".',
      'prometheus.relabel.spans',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
  question: {
    text: 'The trace ID is in each of these lines, but not as a label. What would Loki have too many of if it were?',
    answer: /streams?/i,
    reason: 'Each combination of labels is a separate stream, with an index entry and chunks.',
  },
  live: [
    {
      id: 'span-arrives',
      type: 'spans',
      input: { attributes: { 'http.method': 'GET', beast: 'unicorn' } },
      expect: {},
    },
    { id: 'span-log-arrives', type: 'lines', query: '{job="spanlogs",service_name="workshop"} |= "{marker}"' },
    {
      id: 'span-metrics-arrive',
      type: 'series',
      query: 'traces_spanmetrics_calls_total{source="workshop",http_method="GET",beast="unicorn",span_name="{marker}"}',
    },
  ],
} satisfies Lesson;
