import { alloyItself, loki, lokiPush, mimir, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

export default {
  ...{ name: '11', folder: '11-nothing-lost', title: 'Nothing lost', minutes: 35, file: 'config.alloy' },
  requirements: [
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    { id: 'port', type: 'exists', of: lokiPush },
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'loki', type: 'exists', of: loki },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'metrics', type: 'flow', from: alloyItself, to: mimir },
    { id: 'job', type: 'outcome', from: alloyItself, to: mimir, expect: { labels: { job: 'alloy' } } },
    { id: 'logs', type: 'flow', from: lokiPush, to: loki },
    {
      id: 'traces',
      type: 'flow',
      from: otlpReceiver,
      through: [{ kind: 'otelcol.processor.batch' }],
      to: tempo,
      signal: 'traces',
    },
    {
      ...{ id: 'wal', type: 'exists' },
      of: {
        kind: 'prometheus.remote_write',
        where: {
          'wal/max_keepalive_time': { atLeast: '1h' },
          'wal/truncate_frequency': { atLeast: '5m', atMost: '1h' },
        },
      },
    },
    {
      ...{ id: 'log-retries', type: 'exists' },
      of: {
        kind: 'loki.write',
        where: {
          'endpoint/max_backoff_period': { atLeast: '1s', atMost: '30s' },
          'endpoint/max_backoff_retries': { atLeast: 60 },
        },
      },
    },
    { id: 'queue', type: 'value', of: tempo, attribute: 'sending_queue/queue_size', is: { atLeast: 1200 } },
    {
      ...{ id: 'span-retries', type: 'exists' },
      of: {
        kind: ['otelcol.exporter.otlp', 'otelcol.exporter.otlphttp'],
        where: {
          'retry_on_failure/max_elapsed_time': { atLeast: '10m' },
          'retry_on_failure/max_interval': { atLeast: '1s', atMost: '30s' },
        },
      },
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    receiver: [
      'The receiver must accept OTLP over gRPC and HTTP.',
      'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
      'otelcol.receiver.otlp.default',
    ],
    port: [
      'The application sends its lines to a port where nothing listens.',
      'listen_port = 3100.',
      'loki.source.api.application',
    ],
    mimir: [
      'Metrics have no path to Mimir.',
      "prometheus.remote_write, with Mimir's URL.",
      'prometheus.remote_write.mimir',
    ],
    loki: ['Lines have no path to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    metrics: ['Metrics go nowhere.', 'Set forward_to of prometheus.scrape.', 'prometheus.scrape.alloy'],
    job: ['The label job is missing.', '"job" = "alloy" in the target.', 'prometheus.scrape.alloy'],
    logs: ['Lines go nowhere.', 'Set forward_to of loki.source.api.', 'loki.source.api.application'],
    traces: [
      'Spans go nowhere.',
      'Set traces in the output of the receiver, and of the batch processor.',
      'otelcol.processor.batch.default',
    ],
    wal: [
      'Samples older than max_keepalive_time are deleted, sent or not.',
      'In the wal block: max_keepalive_time = "1h", truncate_frequency = "15m".',
      'prometheus.remote_write.mimir',
    ],
    'log-retries': [
      'After the last retry, the batch is dropped. Add up how long all retries take.',
      'In endpoint: max_backoff_retries = 64, max_backoff_period = "10s".',
      'loki.write.loki',
    ],
    queue: [
      'There is a batch every half second. When the queue is full, new batches are dropped.',
      'In sending_queue: queue_size = 1200, for ten minutes.',
      'otelcol.exporter.otlp.tempo',
    ],
    'span-retries': [
      'A batch is dropped after max_elapsed_time. And a long wait between retries delays everything.',
      'In retry_on_failure: max_interval = "10s", max_elapsed_time = "10m".',
      'otelcol.exporter.otlp.tempo',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
  question: {
    text: 'Alloy is restarted while Loki is down. Are the waiting lines of loki.write lost: yes or no?',
    answer: /^yes/i,
    reason: 'They wait in memory. Only metrics are on disk here, and after a restart even those are not replayed.',
  },
  live: [{ id: 'outage', type: 'outage', seconds: 60 }],
} satisfies Lesson;
