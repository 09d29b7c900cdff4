import { exists, flow } from '../../check/requirement.ts';
import { batch, memoryLimiter, mimir, otlpReceiver, tempo } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING, OTLP_RECEIVER, TO_MIMIR, TO_TEMPO } from '../tasks.ts';

const limiter = memoryLimiter('otelcol.processor.memory_limiter', 'limit', ['50MiB', '400MiB']);
const lokiOtlp = {
  kind: 'otelcol.exporter.otlphttp',
  where: { 'client/endpoint': { pattern: /^http:\/\/loki:3100\/otlp\/?$/ } },
};
const headers = {
  kind: 'otelcol.auth.headers',
  where: { 'header/key': { pattern: /^authorization$/i }, 'header/value': { pattern: /^Basic \S+$/ } },
};
const basic = { kind: 'otelcol.auth.basic', where: { username: 'workshop', password: 'workshop' } };

export default {
  ...about('5', '05-otlp', 'Receiving OTLP', 35),
  requirements: [
    OTLP_RECEIVER,
    TO_MIMIR,
    TO_TEMPO,
    task(
      exists('loki', lokiOtlp),
      'Loki accepts OTLP, too: over HTTP, under /otlp.',
      'otelcol.exporter.otlphttp, with endpoint = "http://loki:3100/otlp" in its block client.',
      'otelcol.exporter.otlphttp.loki',
    ),
    task(
      exists('limiter', limiter),
      "The limit is higher than the container's memory limit, or leaves no room below it.",
      'The container has 448 MB: limit = "300MiB", check_interval = "1s".',
      'otelcol.processor.memory_limiter.default',
    ),
    task(
      flow('metrics', otlpReceiver, mimir, { through: [limiter], always: true, signal: 'metrics' }),
      'Follow a metric from the receiver: it has to go through the memory limiter to Mimir.',
      "The metrics list in the receiver's output references the limiter, and the limiter's list references otelcol.exporter.prometheus.",
      'otelcol.processor.memory_limiter.default',
    ),
    task(
      flow('logs', otlpReceiver, lokiOtlp, { through: [limiter, batch], always: true, signal: 'logs' }),
      'Follow a log record from the receiver: memory limiter, batch, Loki.',
      'Each of the three has an output block with a list named logs.',
      'otelcol.processor.batch.default',
    ),
    task(
      flow('traces', otlpReceiver, tempo, { through: [limiter, batch], always: true, signal: 'traces' }),
      'Follow a span from the receiver: memory limiter, batch, Tempo.',
      'Each of the three has an output block with a list named traces.',
      'otelcol.processor.batch.default',
    ),
    task(
      { id: 'tempo-auth', type: 'uses', of: tempo, attribute: 'client/auth', uses: headers },
      'An exporter authenticates with a handler, which another component exports.',
      'auth = otelcol.auth.headers.tempo.handler, in the block client.',
      'otelcol.exporter.otlp.tempo',
    ),
    task(
      { id: 'loki-auth', type: 'uses', of: lokiOtlp, attribute: 'client/auth', uses: basic },
      'The exporter for Loki needs a handler, too, with a username and a password.',
      'otelcol.auth.basic, with username = "workshop" and password = sys.env("LOGS_PASSWORD"); and auth in the block client.',
      'otelcol.auth.basic.loki',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'Which processor comes first, so that Alloy refuses a flood of data and keeps running?',
    answer: /memory[ _]?limiter/i,
    reason: 'Senders keep refused data, and send it again.',
  },
  live: [
    {
      ...{ id: 'span-arrives', type: 'spans', input: { attributes: { 'http.method': 'GET' } } },
      expect: { attributes: { 'http.method': 'GET' } },
    },
    { id: 'line-arrives', type: 'otlp-line' },
    { id: 'metric-arrives', type: 'otlp-metric' },
  ],
} satisfies Lesson;
