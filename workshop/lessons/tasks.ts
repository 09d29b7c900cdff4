import { exists, outcome, value } from '../check/requirement.ts';
import { loki, lokiPush, mimir, otlpReceiver, spanmetrics, tempo } from './common.ts';
import { task } from './lesson.ts';

// What several lessons require, with the same hints.

export const LIVE_DEBUGGING = task(
  value('livedebugging', { kind: 'livedebugging' }, 'enabled', true),
  'The graph page shows no data.',
  'livedebugging has an attribute named enabled.',
  'livedebugging',
);

export const LOKI_URL = task(
  exists('url', loki),
  'The lines have no path to Loki.',
  'loki.write needs a block endpoint with the URL of the push API.',
  'loki.write.loki',
);

export const OTLP_RECEIVER = task(
  exists('receiver', otlpReceiver),
  'The receiver must accept OTLP over gRPC and HTTP.',
  'gRPC on 0.0.0.0:4317, HTTP on 0.0.0.0:4318.',
  'otelcol.receiver.otlp.default',
);

export const TO_TEMPO = task(
  exists('tempo', tempo),
  "Tempo can't be reached.",
  'endpoint = "tempo:4317", and tls { insecure = true }.',
  'otelcol.exporter.otlp.tempo',
);

export const TO_MIMIR = task(
  exists('mimir', mimir),
  'Metrics have no path to Mimir.',
  "prometheus.remote_write, with Mimir's URL.",
  'prometheus.remote_write.mimir',
);

export const TO_LOKI = task(
  exists('loki', loki),
  'Lines have no path to Loki.',
  "loki.write, with Loki's URL.",
  'loki.write.loki',
);

export const IN_SECONDS = task(
  value('seconds', spanmetrics, 'histogram/unit', 's'),
  'Prometheus measures time in seconds.',
  'In the histogram block: unit = "s".',
  'otelcol.connector.spanmetrics.red',
);

export const SOURCE_LABEL = task(
  outcome('source-label', spanmetrics, mimir, { input: { labels: {} }, expect: { labels: { source: 'workshop' } } }),
  'Tempo generates the same metrics. A label has to distinguish them.',
  'In prometheus.relabel, add a rule with target_label = "source" and replacement = "workshop".',
  'prometheus.relabel.spans',
);

export const LINES_PORT = task(
  exists('port', lokiPush),
  'The application sends its lines to a port where nothing listens.',
  'listen_port = 3100.',
  'loki.source.api.application',
);
