import { outcome } from '../../check/requirement.ts';
import { loki, lokiPush, otlpReceiver, tempo } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LINES_PORT, LIVE_DEBUGGING, OTLP_RECEIVER, TO_LOKI, TO_TEMPO, TRACES_IN_BATCHES } from '../tasks.ts';

const SECRET = /hunter2/;

export default {
  ...about('10', '10-redaction', 'Redaction', 25),
  requirements: [
    TO_LOKI,
    TO_TEMPO,
    LINES_PORT,
    OTLP_RECEIVER,
    task(
      outcome('line', lokiPush, loki, {
        input: { line: 'level=info msg="signed in" url=/login?token=hunter2&next=/home token=hunter2 user=ada' },
        expect: { lineWithout: SECRET, line: /msg="signed in".*&next=\/home.*user=ada/ },
      }),
      'Send a line with token=hunter2, and search for hunter2 in Loki. Also check that the rest of the line is unchanged.',
      'stage.replace: the expression needs a group in parentheses that matches only the secret: token=([^\\\\s&]+). replace = "***".',
      'loki.process.redact',
    ),
    task(
      outcome('span', otlpReceiver, tempo, {
        signal: 'traces',
        input: {
          attributes: {
            'http.method': 'GET',
            'url.full': 'http://mythical-server:4000/unicorn?token=hunter2&limit=3',
            'http.request.header.authorization': 'Bearer hunter2',
          },
        },
        expect: { attributesWithout: SECRET, attributes: { 'http.method': 'GET' } },
      }),
      'The secret still leaves Alloy in a span attribute.',
      'Spans go through both processors, one after the other; the first one has an action with key and action = "delete".',
      'otelcol.processor.attributes.redact',
    ),
    task(
      outcome('rest', otlpReceiver, tempo, {
        signal: 'traces',
        input: { attributes: { 'url.full': 'http://mythical-server:4000/unicorn?token=hunter2&limit=3' } },
        expect: { attributes: { 'url.full': 'http://mythical-server:4000/unicorn?token=***&limit=3' } },
      }),
      'In a URL, remove only the token: the rest helps to find a slow request.',
      'In trace_statements, context = "span": replace_all_patterns(attributes, "value", "token=[^&]+", "token=***").',
      'otelcol.processor.transform.redact',
    ),
    TRACES_IN_BATCHES,
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'Where in the pipeline does redaction belong: before or after the first component that writes to disk or sends data?',
    answer: /before/i,
    reason: "Data that has been sent, or is in a queue on disk, can't be taken back.",
  },
  live: [
    {
      ...{ id: 'line-redacted', type: 'line' },
      input: { labels: { service_name: 'workshop' }, line: 'msg="{marker}" token=hunter2 user=ada' },
      expect: { lineWithout: SECRET, line: /user=ada/ },
    },
    {
      ...{ id: 'span-redacted', type: 'spans' },
      input: {
        attributes: {
          'url.full': 'http://mythical-server:4000/unicorn?token=hunter2&limit=3',
          'http.request.header.authorization': 'Bearer hunter2',
        },
      },
      expect: {
        attributesWithout: SECRET,
        attributes: { 'url.full': 'http://mythical-server:4000/unicorn?token=***&limit=3' },
      },
    },
  ],
} satisfies Lesson;
