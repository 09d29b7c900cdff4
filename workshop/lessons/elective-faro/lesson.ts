import { loki, tempo } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const faro = {
  kind: 'faro.receiver',
  where: { 'server/listen_address': { pattern: /^(0\.0\.0\.0|\[::\])?$/ }, 'server/listen_port': 12350 },
} as const;

export default {
  ...{ name: 'faro', folder: 'elective-faro', title: 'Elective: Faro, the browser', minutes: 20, file: 'config.alloy' },
  requirements: [
    { id: 'server', type: 'exists', of: faro },
    { id: 'loki', type: 'exists', of: loki },
    { id: 'tempo', type: 'exists', of: tempo },
    {
      ...{ id: 'origins', type: 'values', of: faro, attribute: 'server/cors_allowed_origins' },
      include: ['http://localhost:3001', 'http://127.0.0.1:3001'],
    },
    {
      ...{ id: 'service-name', type: 'outcome', from: faro, to: loki, signal: 'logs', input: { line: 'kind=log' } },
      expect: { labels: { service_name: 'mythical-frontend' } },
    },
    { id: 'logs', type: 'flow', from: faro, to: loki, signal: 'logs' },
    {
      ...{ id: 'labels', type: 'outcome', from: faro, to: loki, signal: 'logs' },
      input: {
        labels: { service_name: 'mythical-frontend' },
        line: 'kind=event event_name=click traceID=0af7651916cd43dd',
      },
      expect: {
        labels: { service_name: 'mythical-frontend', kind: 'event' },
        onlyLabels: ['service_name', 'kind'],
        metadata: { traceID: '0af7651916cd43dd' },
      },
    },
    {
      id: 'traces',
      type: 'flow',
      from: faro,
      through: [{ kind: 'otelcol.processor.batch' }],
      to: tempo,
      signal: 'traces',
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    server: [
      'The page sends to port 12350.',
      'In server: listen_address = "0.0.0.0", listen_port = 12350.',
      'faro.receiver.page',
    ],
    loki: ['Lines have no path to Loki.', "loki.write, with Loki's URL.", 'loki.write.loki'],
    tempo: [
      "Tempo can't be reached.",
      'endpoint = "tempo:4317", and tls { insecure = true }.',
      'otelcol.exporter.otlp.tempo',
    ],
    origins: [
      "Look at the browser's console: it refuses to send to another origin that does not allow it.",
      'In the server block, set cors_allowed_origins = ["http://localhost:3001", "http://127.0.0.1:3001"].',
      'faro.receiver.page',
    ],
    'service-name': [
      'Like all others, these lines need the name of the service.',
      'extra_log_labels = {"service_name" = "mythical-frontend"}.',
      'faro.receiver.page',
    ],
    logs: ['Lines go nowhere.', 'In output: logs = [loki.process.page.receiver].', 'faro.receiver.page'],
    labels: [
      'The kind has four values, so it is a good label. A trace ID has endless values, so it is not.',
      'stage.logfmt with both in mapping; stage.labels for kind; stage.structured_metadata for traceID.',
      'loki.process.page',
    ],
    traces: [
      'Spans from the browser go nowhere.',
      'In output: traces = [otelcol.processor.batch.default.input].',
      'faro.receiver.page',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute named enabled.', 'livedebugging'],
  },
  question: {
    text: 'Which browser mechanism makes cors_allowed_origins necessary? (Give its abbreviation.)',
    answer: /^cors$|cross-origin/i,
    reason: 'Cross-origin resource sharing: the server says which pages may call it.',
  },
  live: [{ id: 'page-arrives', type: 'faro' }],
} satisfies Lesson;
