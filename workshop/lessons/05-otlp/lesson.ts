import { mimir, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const limiter = {
  kind: 'otelcol.processor.memory_limiter',
  where: { limit: { atLeast: '50MiB', atMost: '400MiB' }, check_interval: { atLeast: '100ms', atMost: '10s' } },
} as const;
const batch = { kind: 'otelcol.processor.batch' };
const lokiOtlp = { kind: 'otelcol.exporter.otlphttp', where: { 'client/endpoint': 'http://loki:3100/otlp' } };
const headers = {
  kind: 'otelcol.auth.headers',
  where: { 'header/key': { pattern: /^authorization$/i }, 'header/value': { pattern: /^Basic \S+$/ } },
};
const basic = { kind: 'otelcol.auth.basic', where: { username: 'workshop', password: 'workshop' } };

export default {
  ...{ name: '5', folder: '05-otlp', title: 'OTLP in', minutes: 35, file: 'config.alloy' },
  requirements: [
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'loki', type: 'exists', of: lokiOtlp },
    { id: 'limiter', type: 'exists', of: limiter },
    { id: 'metrics', type: 'flow', from: otlpReceiver, through: [limiter], always: true, to: mimir, signal: 'metrics' },
    {
      id: 'logs',
      type: 'flow',
      from: otlpReceiver,
      through: [limiter, batch],
      always: true,
      to: lokiOtlp,
      signal: 'logs',
    },
    {
      id: 'traces',
      type: 'flow',
      from: otlpReceiver,
      through: [limiter, batch],
      always: true,
      to: tempo,
      signal: 'traces',
    },
    { id: 'tempo-auth', type: 'uses', of: tempo, attribute: 'client/auth', uses: headers },
    { id: 'loki-auth', type: 'uses', of: lokiOtlp, attribute: 'client/auth', uses: basic },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    receiver: [
      'OTLP has two forms: over gRPC on port 4317, and over HTTP on 4318. Senders pick one; a receiver takes both.',
      'Next to the block grpc goes a block http, with its own endpoint. 0.0.0.0 listens on all addresses.',
      'otelcol.receiver.otlp.default',
    ],
    mimir: [
      'Metrics have no way to Mimir.',
      'otelcol.exporter.prometheus forwards to a prometheus.remote_write.',
      'prometheus.remote_write.mimir',
    ],
    tempo: [
      'The exporter for Tempo expects TLS, or does not know where Tempo is.',
      'In client: endpoint = "tempo:4317", and a block tls with insecure = true.',
      'otelcol.exporter.otlp.tempo',
    ],
    loki: [
      'Loki takes OTLP as well, over HTTP, below /otlp.',
      'otelcol.exporter.otlphttp, with endpoint = "http://loki:3100/otlp" in its block client.',
      'otelcol.exporter.otlphttp.loki',
    ],
    limiter: [
      'The limiter has a limit that the container never reaches, or one that leaves no room.',
      'The container has 448 MB: limit = "300MiB", check_interval = "1s".',
      'otelcol.processor.memory_limiter.default',
    ],
    metrics: [
      'Follow a metric from the receiver: it has to pass the memory limiter, and to reach Mimir.',
      "The list metrics in the receiver's block output names the limiter; that of the limiter names otelcol.exporter.prometheus.",
      'otelcol.processor.memory_limiter.default',
    ],
    logs: [
      'Follow a log record from the receiver: memory limiter, batch, Loki.',
      'Each of the three has a block output with a list logs.',
      'otelcol.processor.batch.default',
    ],
    traces: [
      'Follow a span from the receiver: memory limiter, batch, Tempo.',
      'Each of the three has a block output with a list traces.',
      'otelcol.processor.batch.default',
    ],
    'tempo-auth': [
      'An exporter proves who it is by a handler, which another component exports.',
      'auth = otelcol.auth.headers.tempo.handler, in the block client.',
      'otelcol.exporter.otlp.tempo',
    ],
    'loki-auth': [
      'The exporter for Loki needs a handler, too: by name and password.',
      'otelcol.auth.basic, with username = "workshop" and password = sys.env("LOGS_PASSWORD"); and auth in the block client.',
      'otelcol.auth.basic.loki',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute enabled.', 'livedebugging'],
  },
  question: {
    text: 'Which processor comes first, so that Alloy refuses a flood of data and keeps running?',
    answer: /memory[ _]?limiter/i,
    reason: 'What is refused, senders keep, and send again.',
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
