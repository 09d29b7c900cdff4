import { exists, flow, having } from '../../check/requirement.ts';
import { alloyItself, loki, lokiPush, mimir, tempo } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import {
  JOB_OF_ALLOY,
  LINES_PORT,
  LIVE_DEBUGGING,
  OTLP_RECEIVER,
  TO_LOKI,
  TO_MIMIR,
  TO_TEMPO,
  TRACES_IN_BATCHES,
} from '../tasks.ts';

export default {
  ...about('11', '11-nothing-lost', 'Nothing lost', 35),
  requirements: [
    OTLP_RECEIVER,
    LINES_PORT,
    TO_MIMIR,
    TO_LOKI,
    TO_TEMPO,
    task(
      flow('metrics', alloyItself, mimir),
      'Metrics go nowhere.',
      'Set forward_to of prometheus.scrape.',
      'prometheus.scrape.alloy',
    ),
    JOB_OF_ALLOY,
    task(
      flow('logs', lokiPush, loki),
      'Lines go nowhere.',
      'Set forward_to of loki.source.api.',
      'loki.source.api.application',
    ),
    TRACES_IN_BATCHES,
    task(
      exists(
        'wal',
        having(mimir, {
          'wal/max_keepalive_time': { atLeast: '1h' },
          'wal/truncate_frequency': { atLeast: '5m' },
        }),
      ),
      'Samples older than max_keepalive_time are deleted, sent or not.',
      'In the wal block: max_keepalive_time = "1h", truncate_frequency = "15m".',
      'prometheus.remote_write.mimir',
    ),
    task(
      exists(
        'log-retries',
        having(loki, {
          'endpoint/max_backoff_period': { atLeast: '1s', atMost: '30s' },
          'endpoint/max_backoff_retries': { atLeast: 60, zeroIsEndless: true },
        }),
      ),
      'After the last retry, the batch is dropped. Add up how long all retries take.',
      'In endpoint: max_backoff_retries = 64, max_backoff_period = "10s".',
      'loki.write.loki',
    ),
    task(
      exists(
        'queue',
        having(tempo, {
          'sending_queue/queue_size': { atLeast: 1200 },
          'sending_queue/enabled': true,
          'sending_queue/sizer': 'requests',
        }),
      ),
      'There is a batch every half second. When the queue is full, new batches are dropped.',
      'In sending_queue: queue_size = 1200, for ten minutes.',
      'otelcol.exporter.otlp.tempo',
    ),
    task(
      exists(
        'span-retries',
        having(tempo, {
          'retry_on_failure/max_elapsed_time': { atLeast: '10m', zeroIsEndless: true },
          'retry_on_failure/max_interval': { atLeast: '1s', atMost: '30s' },
          'retry_on_failure/enabled': true,
        }),
      ),
      'A batch is dropped after max_elapsed_time. And a long wait between retries delays everything.',
      'In retry_on_failure: max_interval = "10s", max_elapsed_time = "10m".',
      'otelcol.exporter.otlp.tempo',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'Alloy is restarted while Loki is down. Are the waiting lines of loki.write lost: yes or no?',
    answer: /^yes/i,
    reason: 'They wait in memory. Only metrics are on disk here, and after a restart even those are not replayed.',
  },
  live: [{ id: 'outage', type: 'outage', seconds: 60 }],
} satisfies Lesson;
