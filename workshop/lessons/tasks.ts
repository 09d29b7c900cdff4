import { exists, flow, outcome, value } from '../check/requirement.ts';
import { alloyItself, batch, loki, lokiPush, mimir, otlpReceiver, spanmetrics, tempo } from './common.ts';
import { task } from './lesson.ts';

// What several lessons require, with the same hints.

export const LIVE_DEBUGGING = task(
  value('livedebugging', { kind: 'livedebugging' }, 'enabled', true),
  'Without live debugging, the graph shows components but not the data that flows between them.',
  'livedebugging has an attribute named enabled.',
  'livedebugging',
);

export const OTLP_RECEIVER = task(
  exists('receiver', otlpReceiver),
  'OTLP has two transports: gRPC on port 4317 and HTTP on port 4318. Senders pick one; a receiver should accept both.',
  'Next to the block grpc, add a block http with its own endpoint. 0.0.0.0 listens on all addresses.',
  'otelcol.receiver.otlp.default',
);

export const TO_TEMPO = task(
  exists('tempo', tempo),
  'The exporter for Tempo expects TLS, or has the wrong address.',
  'In client: endpoint = "tempo:4317", and a block tls with insecure = true.',
  'otelcol.exporter.otlp.tempo',
);

export const TO_MIMIR = task(
  exists('mimir', mimir),
  'Metrics have no path to Mimir.',
  'prometheus.remote_write needs a block endpoint with url = "http://mimir:9009/api/v1/push".',
  'prometheus.remote_write.mimir',
);

export const TO_LOKI = task(
  exists('loki', loki),
  'Lines have no path to Loki.',
  'loki.write needs a block endpoint with url = "http://loki:3100/loki/api/v1/push".',
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
  'The application sends to http://alloy:3100/loki/api/v1/push, but nothing listens there.',
  'In the block http, set listen_address = "0.0.0.0" and listen_port = 3100.',
  'loki.source.api.application',
);

export const JOB_OF_ALLOY = task(
  outcome('job', alloyItself, mimir, { expect: { labels: { job: 'alloy' } } }),
  'A target is a map of labels. One of them is job, which dashboards use.',
  'In addition to __address__, the target has "job" = "alloy".',
  'prometheus.scrape.alloy',
);

export const TRACES_IN_BATCHES = task(
  flow('traces', otlpReceiver, tempo, { through: [batch], signal: 'traces' }),
  'The traces themselves must still reach Tempo, in batches.',
  "The receiver's traces list references otelcol.processor.batch.default.input, whose output references the exporter.",
  'otelcol.receiver.otlp.default',
);

export const SPAN_METRICS = task(
  flow('span-metrics', otlpReceiver, mimir, { through: [spanmetrics], signal: 'traces' }),
  'No span metrics are generated: the connector gets no spans, or sends nowhere.',
  "Add otelcol.connector.spanmetrics.red.input to the receiver's traces list.",
  'otelcol.receiver.otlp.default',
);
