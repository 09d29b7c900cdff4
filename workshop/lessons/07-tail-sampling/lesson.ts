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
    sampled: [
      'Traces still reach Tempo without a sampling decision.',
      "In the receiver's traces list, replace the batch processor with otelcol.processor.tail_sampling.interesting.input.",
      'otelcol.receiver.otlp.default',
    ],
    batched: [
      'The sampled traces are sent in batches.',
      "The sampler's output references otelcol.processor.batch.default.input.",
      'otelcol.processor.tail_sampling.interesting',
    ],
    policies: [
      'A trace is kept if any policy matches. Three are needed: errors, slow traces, a share of the rest.',
      'type = "latency" with a latency block, type = "probabilistic" with a probabilistic block.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    errors: [
      'Traces with errors are the ones you look for.',
      'status_codes = ["ERROR"].',
      'otelcol.processor.tail_sampling.interesting',
    ],
    slow: [
      'Slow means longer than 200 ms.',
      'In the latency block: threshold_ms = 200.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    others: [
      'One in ten of the others shows what normal looks like.',
      'In the probabilistic block: sampling_percentage = 10.',
      'otelcol.processor.tail_sampling.interesting',
    ],
    'counts-all': [
      'Compare the request rate with the dashboard: sampling has lowered it.',
      'Span metrics must take spans from the receiver, before the sampler drops most of them.',
      'otelcol.receiver.otlp.default',
    ],
    metrics: [
      'No span metrics are generated any more.',
      "Add otelcol.connector.spanmetrics.red.input to the receiver's traces list.",
      'otelcol.receiver.otlp.default',
    ],
    seconds: [
      'Prometheus measures time in seconds.',
      'In the histogram block: unit = "s".',
      'otelcol.connector.spanmetrics.red',
    ],
    'source-label': [
      'Tempo generates the same metrics. One label has to tell them apart.',
      'In prometheus.relabel, add a rule with target_label = "source" and replacement = "workshop".',
      'prometheus.relabel.spans',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
  question: {
    text: 'If span metrics were generated after the sampler, would the error rate (errors / requests) be too high or too low?',
    answer: /high/i,
    reason: 'All errors are kept, but only some of the rest, so the share of errors grows.',
  },
  live: [
    { id: 'error-kept', type: 'spans', input: { error: true }, expect: {} },
    { id: 'slow-kept', type: 'spans', input: { milliseconds: 500 }, expect: {} },
    { id: 'most-dropped', type: 'spans', input: { copies: 60, milliseconds: 5 }, expect: {}, atMost: 25 },
  ],
} satisfies Lesson;
