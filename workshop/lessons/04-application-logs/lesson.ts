import { flow, outcome } from '../../check/requirement.ts';
import { loki, lokiPush } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LINES_PORT, LIVE_DEBUGGING, TO_LOKI } from '../tasks.ts';

const LOGGED = '2026-11-20T09:30:07.123Z';

export default {
  ...about('4', '04-application-logs', 'Application logs', 25),
  requirements: [
    TO_LOKI,
    LINES_PORT,
    task(
      flow('connection', lokiPush, loki),
      'Lines arrive, but go nowhere.',
      'forward_to of loki.source.api references the receiver of loki.process, and its forward_to the receiver of loki.write.',
      'loki.source.api.application',
    ),
    task(
      outcome('timestamp', lokiPush, loki, {
        input: {
          labels: { service_name: 'mythical-server', level: 'info' },
          line: `level=info loggedtime=${LOGGED} msg="GET /unicorn" endpoint=unicorn status=200`,
        },
        expect: {
          timestamp: Date.parse(LOGGED),
          line: /msg="GET \/unicorn"/,
          labels: { service_name: 'mythical-server' },
        },
      }),
      'Grafana shows lines at the time when they arrived, not at their loggedtime.',
      'stage.logfmt extracts loggedtime (mapping); stage.timestamp uses it as the timestamp (source, format). The format is a Go layout: the moment 2006-01-02 15:04:05, written in that format.',
      'loki.process.application',
    ),
    task(
      outcome('source', lokiPush, loki, {
        input: { line: `loggedtime=${LOGGED}` },
        expect: { labels: { source: 'push' }, onlyLabels: ['source'] },
      }),
      "One label shows how a line arrived. Every other label creates more streams, so don't add any.",
      'Add stage.static_labels with values = {"source" = "push"}.',
      'loki.process.application',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'The value of loggedtime is in the past. By how many minutes do the lines move in Grafana?',
    answer: /^(by )?(40|forty)\b/i,
    reason: 'TIMESHIFT=true writes a loggedtime that is 40 minutes old.',
  },
  live: [
    {
      ...{ id: 'marker-arrives', type: 'line' },
      input: { labels: { service_name: 'workshop' }, line: 'level=info loggedtime={time} msg="{marker}"' },
      expect: {
        labels: { service_name: 'workshop', source: 'push' },
        onlyLabels: ['service_name', 'source'],
        timestamp: 0,
      },
    },
  ],
} satisfies Lesson;
