import { mimir, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const sampler = {
  kind: 'otelcol.processor.tail_sampling',
  where: { decision_wait: { atLeast: '1s', atMost: '30s' } },
} as const;
const spanmetrics = { kind: 'otelcol.connector.spanmetrics', where: { namespace: 'traces.spanmetrics' } } as const;

export default {
  ...{ name: '7', folder: '07-tail-sampling', title: 'Tail sampling', minutes: 30, file: 'config.alloy' },
  requirements: [
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'sampled', type: 'flow', from: otlpReceiver, through: [sampler], always: true, to: tempo, signal: 'traces' },
    {
      ...{
        id: 'batched',
        type: 'flow',
        from: sampler,
        through: [{ kind: 'otelcol.processor.batch' }],
        always: true,
        to: tempo,
      },
    },
    {
      id: 'policies',
      type: 'values',
      of: sampler,
      attribute: 'policy/type',
      include: ['status_code', 'latency', 'probabilistic'],
    },
    { id: 'errors', type: 'values', of: sampler, attribute: 'policy/status_code/status_codes', include: ['ERROR'] },
    { id: 'slow', type: 'value', of: sampler, attribute: 'policy/latency/threshold_ms', is: 200 },
    { id: 'others', type: 'value', of: sampler, attribute: 'policy/probabilistic/sampling_percentage', is: 10 },
    { id: 'counts-all', type: 'no-flow', from: sampler, to: spanmetrics },
    { id: 'metrics', type: 'flow', from: otlpReceiver, through: [spanmetrics], to: mimir, signal: 'traces' },
    { id: 'seconds', type: 'value', of: spanmetrics, attribute: 'histogram/unit', is: 's' },
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
    sampled: [
      'A trace still reaches Tempo without a decision about it.',
      'In the list traces of the receiver, otelcol.processor.tail_sampling.interesting.input replaces the batch processor.',
      'otelcol.receiver.otlp.default',
    ],
    batched: [
      'What the sampler keeps goes on in batches.',
      "The sampler's output names otelcol.processor.batch.default.input.",
      'otelcol.processor.tail_sampling.interesting',
    ],
    policies: [
      'A trace is kept when one policy wants it. There have to be three: errors, slow ones, a share of the rest.',
      'type = "latency" with a block latency, type = "probabilistic" with a block probabilistic.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    errors: [
      'The traces with errors are those one looks for.',
      'status_codes = ["ERROR"].',
      'otelcol.processor.tail_sampling.interesting',
    ],
    slow: [
      'Slow: longer than 200 ms.',
      'In the block latency: threshold_ms = 200.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    others: [
      'One in ten of the others shows what is normal.',
      'In the block probabilistic: sampling_percentage = 10.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    'counts-all': [
      'Compare the request rate with that of the dashboard: it fell with the sampling.',
      'Span metrics take spans from the receiver, before the sampler has thrown most of them away.',
      'otelcol.receiver.otlp.default',
    ],
    metrics: [
      'No metrics are made of spans any more.',
      "The receiver's list traces names otelcol.connector.spanmetrics.red.input as well.",
      'otelcol.receiver.otlp.default',
    ],
    seconds: [
      'Prometheus counts time in seconds.',
      'In the block histogram: unit = "s".',
      'otelcol.connector.spanmetrics.red',
    ],
    'source-label': [
      'Tempo makes such metrics, too. One label has to tell these apart.',
      'In prometheus.relabel, a rule with target_label = "source" and replacement = "workshop".',
      'prometheus.relabel.spans',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute enabled.', 'livedebugging'],
  },
  question: {
    text: 'If span metrics were made behind the sampler, would the error rate (errors / requests) be too high or too low?',
    answer: /high/i,
    reason: 'All errors are kept, and only some of the rest: the share of errors grows.',
  },
  live: [
    { id: 'error-kept', type: 'spans', input: { error: true }, expect: {} },
    { id: 'slow-kept', type: 'spans', input: { milliseconds: 500 }, expect: {} },
    { id: 'most-dropped', type: 'spans', input: { copies: 60, milliseconds: 5 }, expect: {}, atMost: 25 },
  ],
} satisfies Lesson;
