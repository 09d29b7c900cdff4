import { loki, lokiPush, otlpReceiver, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const SECRET = /hunter2/;

export default {
  ...{ name: '10', folder: '10-redaction', title: 'Redaction', minutes: 25, file: 'config.alloy' },
  requirements: [
    { id: 'loki', type: 'exists', of: loki },
    { id: 'tempo', type: 'exists', of: tempo },
    { id: 'port', type: 'exists', of: lokiPush },
    { id: 'receiver', type: 'exists', of: otlpReceiver },
    {
      ...{ id: 'line', type: 'outcome', from: lokiPush, to: loki },
      input: { line: 'level=info msg="signed in" url=/login?token=hunter2&next=/home token=hunter2 user=ada' },
      expect: { lineWithout: SECRET, line: /msg="signed in".*&next=\/home.*user=ada/ },
    },
    {
      ...{ id: 'span', type: 'outcome', from: otlpReceiver, to: tempo, signal: 'traces' },
      input: {
        attributes: {
          'http.method': 'GET',
          'url.full': 'http://mythical-server:4000/unicorn?token=hunter2&limit=3',
          'http.request.header.authorization': 'Bearer hunter2',
        },
      },
      expect: { attributesWithout: SECRET, attributes: { 'http.method': 'GET' } },
    },
    {
      ...{ id: 'rest', type: 'outcome', from: otlpReceiver, to: tempo, signal: 'traces' },
      input: { attributes: { 'url.full': 'http://mythical-server:4000/unicorn?token=hunter2&limit=3' } },
      expect: { attributes: { 'url.full': 'http://mythical-server:4000/unicorn?token=***&limit=3' } },
    },
    {
      id: 'batched',
      type: 'flow',
      from: otlpReceiver,
      through: [{ kind: 'otelcol.processor.batch' }],
      to: tempo,
      signal: 'traces',
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    loki: ['Lines have no path to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    port: [
      'The application sends its lines to a port where nothing listens.',
      'listen_port = 3100.',
      'loki.source.api.application',
    ],
    receiver: [
      'The receiver must accept OTLP over gRPC and HTTP.',
      'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
      'otelcol.receiver.otlp.default',
    ],
    line: [
      'Send a line with token=hunter2, and search for hunter2 in Loki. Also check that the rest of the line is unchanged.',
      'stage.replace: the expression needs a group in parentheses that matches only the secret: token=([^\\\\s&]+). replace = "***".',
      'loki.process.redact',
    ],
    span: [
      'The secret still leaves Alloy in a span attribute.',
      'Spans go through both processors, one after the other; the first one has an action with key and action = "delete".',
      'otelcol.processor.attributes.redact',
    ],
    rest: [
      'In a URL, remove only the token: someone who looks for a slow request needs the rest.',
      'In trace_statements, context = "span": replace_all_patterns(attributes, "value", "token=[^&]+", "token=***").',
      'otelcol.processor.transform.redact',
    ],
    batched: [
      'Spans are sent in batches.',
      "The last processor's output references the batch processor.",
      'otelcol.processor.transform.redact',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
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
