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
    loki: ['Lines have no way to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    port: [
      'Nothing answers where the application sends its lines.',
      'listen_port = 3100.',
      'loki.source.api.application',
    ],
    receiver: [
      'OTLP has to come in by both forms.',
      'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
      'otelcol.receiver.otlp.default',
    ],
    line: [
      'Send a line with token=hunter2, and look for hunter2 in Loki. And look at what is left of the rest of the line.',
      'stage.replace: expression has a group in brackets, which catches the secret and nothing more: token=([^\\\\s&]+). replace = "***".',
      'loki.process.redact',
    ],
    span: [
      'The secret still leaves in an attribute of a span.',
      'Spans go through both processors, one after the other; the first has an action with key and action = "delete".',
      'otelcol.processor.attributes.redact',
    ],
    rest: [
      'Of a URL, only the token has to go: who looks for a slow request needs the rest.',
      'In trace_statements, context = "span": replace_all_patterns(attributes, "value", "token=[^&]+", "token=***").',
      'otelcol.processor.transform.redact',
    ],
    batched: [
      'Spans go on in batches.',
      "The last processor's output names the batch processor.",
      'otelcol.processor.transform.redact',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute enabled.', 'livedebugging'],
  },
  question: {
    text: 'Where in the pipeline does redaction belong: before or after the first component that writes to a disk or sends data?',
    answer: /before/i,
    reason: "What has left, or lies in a queue on disk, can't be taken back.",
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
