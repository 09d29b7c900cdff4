import { mimir, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const spanmetrics = { kind: 'otelcol.connector.spanmetrics', where: { namespace: 'traces.spanmetrics' } } as const;

export default {
  ...{
    name: '9',
    folder: '09-cost',
    title: 'Cost: the label behind the series',
    minutes: 25,
    file: 'config.alloy',
  },
  requirements: [
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'mimir', type: 'exists', of: mimir },
    {
      id: 'traces',
      type: 'flow',
      from: otlpReceiver,
      through: [{ kind: 'otelcol.processor.batch' }],
      to: tempo,
      signal: 'traces',
    },
    { id: 'metrics', type: 'flow', from: otlpReceiver, through: [spanmetrics], to: mimir, signal: 'traces' },
    {
      ...{ id: 'at-the-source', type: 'values', of: { kind: 'prometheus.relabel' }, attribute: 'rule/action' },
      ...{ include: [], exclude: /^label(drop|keep)$/, optional: true },
    },
    {
      ...{ id: 'label', type: 'outcome', from: otlpReceiver, to: mimir, signal: 'traces' },
      input: {
        attributes: { 'http.method': 'GET', 'http.target': '/unicorn', beast: 'unicorn', 'network.peer.port': '40112' },
      },
      expect: {
        labels: {
          http_method: 'GET',
          http_target: '/unicorn',
          beast: 'unicorn',
          source: 'workshop',
          network_peer_port: null,
        },
      },
    },
    { id: 'seconds', type: 'value', of: spanmetrics, attribute: 'histogram/unit', is: 's' },
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
    traces: [
      'The traces themselves must not change.',
      "The receiver's traces list references the batch processor.",
      'otelcol.receiver.otlp.default',
    ],
    metrics: [
      'No span metrics are generated any more, so panels would be empty.',
      "The receiver's traces list references the connector, and the connector's output references the exporter.",
      'otelcol.connector.spanmetrics.red',
    ],
    'at-the-source': [
      'The label is gone, but the series still exist, and now they collide: of all series with the same labels, only one arrives.',
      "Don't drop the label from existing series. Don't create it: the connector lists the dimensions.",
      'otelcol.connector.spanmetrics.red',
    ],
    label: [
      'Find the labels with the most values: count by (__name__) ({__name__=~"traces_spanmetrics.+"}), then by each label.',
      'A client port is different for nearly every connection. Remove that dimension block, and no other.',
      'otelcol.connector.spanmetrics.red',
    ],
    seconds: [
      'Prometheus measures time in seconds.',
      'In the histogram block: unit = "s".',
      'otelcol.connector.spanmetrics.red',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
  question: {
    text: 'A metric has 5 methods, 20 targets, 5 beasts and 1,000 ports. How many series can there be at most?',
    answer: /^500[,. ]?000$|^half a million$/i,
    reason: 'Labels multiply: 5 · 20 · 5 · 1,000.',
  },
  live: [
    {
      id: 'spans-arrive',
      type: 'spans',
      input: { copies: 20, attributes: { 'http.method': 'GET', 'network.peer.port': '{n}' } },
      expect: {},
    },
    {
      id: 'one-series',
      type: 'series',
      query: 'traces_spanmetrics_calls_total{source="workshop",span_name="{marker}",http_method="GET"}',
      count: 1,
    },
  ],
} satisfies Lesson;
