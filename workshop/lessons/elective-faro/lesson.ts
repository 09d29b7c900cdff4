import { exists, flow, outcome, value, values } from '../../check/requirement.ts';
import { batch, loki, onAllAddresses, tempo } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING, TO_LOKI, TO_TEMPO } from '../tasks.ts';

const faro = {
  kind: 'faro.receiver',
  where: { 'server/listen_address': onAllAddresses(), 'server/listen_port': 12350 },
};
const ORIGINS = 'server/cors_allowed_origins';

export default {
  ...about('faro', 'elective-faro', 'Elective: Faro, the browser', 20),
  requirements: [
    task(
      exists('server', faro),
      'The page sends to port 12350.',
      'In server: listen_address = "0.0.0.0", listen_port = 12350.',
      'faro.receiver.page',
    ),
    TO_LOKI,
    TO_TEMPO,
    task(
      {
        ...{ id: 'origins', type: 'any' },
        of: [
          values('origins', faro, ORIGINS, ['http://localhost:3001', 'http://127.0.0.1:3001']),
          value('origins', faro, ORIGINS, { pattern: /^\*$/ }),
        ],
      },
      "Look at the browser's console: requests to another origin are blocked unless that origin allows them.",
      'In the server block, set cors_allowed_origins = ["http://localhost:3001", "http://127.0.0.1:3001"].',
      'faro.receiver.page',
    ),
    task(
      outcome('service-name', faro, loki, {
        signal: 'logs',
        input: { line: 'kind=log' },
        expect: { labels: { service_name: 'mythical-frontend' } },
      }),
      'Like all others, these lines need the name of the service.',
      'extra_log_labels = {"service_name" = "mythical-frontend"}.',
      'faro.receiver.page',
    ),
    task(
      flow('logs', faro, loki, { signal: 'logs' }),
      'Lines go nowhere.',
      'In output: logs = [loki.process.page.receiver].',
      'faro.receiver.page',
    ),
    task(
      outcome('labels', faro, loki, {
        signal: 'logs',
        input: {
          labels: { service_name: 'mythical-frontend' },
          line: 'kind=event event_name=click traceID=0af7651916cd43dd',
        },
        expect: {
          labels: { service_name: 'mythical-frontend', kind: 'event' },
          onlyLabels: ['service_name', 'kind'],
          metadata: { traceID: '0af7651916cd43dd' },
        },
      }),
      'The kind has four values, so it is a good label. A trace ID has an unlimited number of values, so it is not.',
      'stage.logfmt with both in mapping; stage.labels for kind; stage.structured_metadata for traceID.',
      'loki.process.page',
    ),
    task(
      flow('traces', faro, tempo, { through: [batch], signal: 'traces' }),
      'Spans from the browser go nowhere.',
      'In output: traces = [otelcol.processor.batch.default.input].',
      'faro.receiver.page',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'Which browser mechanism makes cors_allowed_origins necessary? (Give its abbreviation.)',
    answer: /^(cors|sop)$|(cross|same)[- ]origin/i,
    reason: 'Cross-origin resource sharing: the server declares which origins may call it.',
  },
  live: [{ id: 'page-arrives', type: 'faro' }],
} satisfies Lesson;
