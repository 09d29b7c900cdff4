import { flow, outcome, value, values } from '../../check/requirement.ts';
import { batch, otlpReceiver, spanmetrics, tempo } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { IN_SECONDS, LIVE_DEBUGGING, OTLP_RECEIVER, SOURCE_LABEL, SPAN_METRICS, TO_MIMIR, TO_TEMPO } from '../tasks.ts';

const sampler = {
  kind: 'otelcol.processor.tail_sampling',
  where: { decision_wait: { atLeast: '1s', atMost: '30s' } },
} as const;

export default {
  ...about('7', '07-tail-sampling', 'Tail sampling', 30),
  requirements: [
    OTLP_RECEIVER,
    TO_TEMPO,
    TO_MIMIR,
    task(
      flow('sampled', otlpReceiver, tempo, { through: [sampler], always: true, signal: 'traces' }),
      'Traces still reach Tempo without a sampling decision.',
      "In the receiver's traces list, replace the batch processor with otelcol.processor.tail_sampling.interesting.input.",
      'otelcol.receiver.otlp.default',
    ),
    task(
      flow('batched', sampler, tempo, { through: [batch], always: true }),
      'The sampled traces are sent in batches.',
      "The sampler's output references otelcol.processor.batch.default.input.",
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      values('policies', sampler, 'policy/type', ['status_code', 'latency', 'probabilistic']),
      'A trace is kept if any policy matches. Three are needed: errors, slow traces, a share of the rest.',
      'type = "latency" with a latency block, type = "probabilistic" with a probabilistic block.',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      values('errors', sampler, 'policy/status_code/status_codes', ['ERROR']),
      'Traces with errors must be kept.',
      'status_codes = ["ERROR"].',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      value('slow', sampler, 'policy/latency/threshold_ms', 200),
      'Slow means longer than 200 ms.',
      'In the latency block: threshold_ms = 200.',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      value('others', sampler, 'policy/probabilistic/sampling_percentage', 10),
      'One in ten of the others shows what normal looks like.',
      'In the probabilistic block: sampling_percentage = 10.',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      outcome('slowest', sampler, tempo, { input: { trace: { milliseconds: 5000, isError: false } }, expect: {} }),
      'A trace of five seconds is dropped.',
      'Slow traces have no upper limit: remove upper_threshold_ms.',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      outcome('rest', sampler, tempo, {
        input: { trace: { milliseconds: 5, isError: false } },
        expect: { dropped: true },
      }),
      'This policy also keeps all fast traces without errors, so nothing is sampled.',
      'Only these three policies: errors, longer than 200 ms, and one in ten of the rest.',
      'otelcol.processor.tail_sampling.interesting',
    ),
    task(
      { id: 'counts-all', type: 'no-flow', from: sampler, to: spanmetrics },
      'Compare the request rate with the dashboard: sampling has lowered it.',
      'Span metrics must take spans from the receiver, before the sampler drops most of them.',
      'otelcol.receiver.otlp.default',
    ),
    SPAN_METRICS,
    IN_SECONDS,
    SOURCE_LABEL,
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'If span metrics were generated after the sampler, would the error rate (errors / requests) be too high or too low?',
    answer: /^(?!.*\b(not|low)\b).*\bhigh/i,
    reason: 'All errors are kept, but only some of the rest, so the share of errors grows.',
  },
  live: [
    { id: 'error-kept', type: 'spans', input: { error: true }, expect: {} },
    { id: 'slow-kept', type: 'spans', input: { milliseconds: 500 }, expect: {} },
    { id: 'most-dropped', type: 'spans', input: { copies: 60, milliseconds: 5 }, expect: {}, atMost: 25 },
  ],
} satisfies Lesson;
