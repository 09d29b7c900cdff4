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
    title: 'From spans: logs, metrics, a graph',
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
      'OTLP has to come in by both forms.',
      'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
      'otelcol.receiver.otlp.default',
    ],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    mimir: [
      'Metrics have no way to Mimir.',
      "prometheus.remote_write, with Mimir's URL.",
      'prometheus.remote_write.mimir',
    ],
    loki: ['Lines have no way to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    traces: [
      'The traces themselves must go on to Tempo.',
      'In the list traces of the receiver, otelcol.processor.batch.default.input stays.',
      'otelcol.receiver.otlp.default',
    ],
    'span-logs': [
      'A list can name several receivers; each gets the same spans. One connector gets none, or sends nowhere.',
      'traces of the receiver names otelcol.connector.spanlogs.requests.input, too.',
      'otelcol.receiver.otlp.default',
    ],
    'span-attributes': [
      'A line about a request says its method, target and status.',
      'span_attributes = ["http.method", "http.target", "http.status_code"].',
      'otelcol.connector.spanlogs.requests',
    ],
    'span-log-keys': [
      'The words in the line have to be those of all other logs of the sandbox.',
      'In overrides: trace_id_key = "traceID", service_key = "service_name".',
      'otelcol.connector.spanlogs.requests',
    ],
    'span-log-labels': [
      'Look at such a line in Grafana, and at its labels: something is missing, or too much.',
      'Stages in order: json and output take the line out; logfmt reads it; labels (service_name), structured_metadata (traceID), static_labels (job = "spanlogs"), label_drop (exporter, level).',
      'loki.process.requests',
    ],
    'span-metrics': [
      'No metrics are made of spans: the connector gets none, or sends nowhere.',
      'traces of the receiver names otelcol.connector.spanmetrics.red.input.',
      'otelcol.receiver.otlp.default',
    ],
    dimensions: [
      'Span metrics have few labels. Each dimension adds one.',
      'Two blocks dimension: name = "http.method" and name = "beast".',
      'otelcol.connector.spanmetrics.red',
    ],
    seconds: [
      'Prometheus counts time in seconds.',
      'In the block histogram: unit = "s".',
      'otelcol.connector.spanmetrics.red',
    ],
    'service-graph': [
      'Who calls whom is not known yet: a connector makes it of pairs of spans.',
      'otelcol.connector.servicegraph, with the same exporter in its output; and traces of the receiver names it.',
      'otelcol.connector.servicegraph.edges',
    ],
    'source-label': [
      'Tempo makes such metrics, too. One label has to tell these apart.',
      'In prometheus.relabel, a rule with target_label = "source" and replacement = "workshop".',
      'prometheus.relabel.spans',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute enabled.', 'livedebugging'],
  },
  question: {
    text: 'The trace id is in each of these lines. Why is it no label? Name what a label with so many values would make too many of.',
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
