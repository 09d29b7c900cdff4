import { exists, flow, outcome, values } from '../../check/requirement.ts';
import { loki, mimir, otlpReceiver, spanmetrics } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import {
  IN_SECONDS,
  LIVE_DEBUGGING,
  OTLP_RECEIVER,
  SOURCE_LABEL,
  SPAN_METRICS,
  TO_LOKI,
  TO_MIMIR,
  TO_TEMPO,
  TRACES_IN_BATCHES,
} from '../tasks.ts';

const spanlogs = { kind: 'otelcol.connector.spanlogs', where: { roots: true } } as const;
const servicegraph = { kind: 'otelcol.connector.servicegraph' };
const BODY = 'span="GET /unicorn" service_name=mythical-server traceID=0af7651916cd43dd8448eb211c80319c';

export default {
  ...about('6', '06-from-spans', 'From spans: logs, metrics, service graph', 35),
  requirements: [
    OTLP_RECEIVER,
    TO_TEMPO,
    TO_MIMIR,
    TO_LOKI,
    TRACES_IN_BATCHES,
    task(
      flow('span-logs', otlpReceiver, loki, { through: [spanlogs], signal: 'traces' }),
      'A list can reference several receivers; each gets the same spans. One connector gets no spans, or sends nowhere.',
      "Add otelcol.connector.spanlogs.requests.input to the receiver's traces list.",
      'otelcol.receiver.otlp.default',
    ),
    task(
      values('span-attributes', spanlogs, 'span_attributes', ['http.method', 'http.target', 'http.status_code']),
      "A request's line contains its method, target and status.",
      'span_attributes = ["http.method", "http.target", "http.status_code"].',
      'otelcol.connector.spanlogs.requests',
    ),
    task(
      exists('span-log-keys', {
        kind: 'otelcol.connector.spanlogs',
        where: { 'overrides/trace_id_key': 'traceID', 'overrides/service_key': 'service_name' },
      }),
      'The line must use the same field names as all other logs of the sandbox.',
      'In overrides: trace_id_key = "traceID", service_key = "service_name".',
      'otelcol.connector.spanlogs.requests',
    ),
    task(
      outcome('span-log-labels', spanlogs, loki, {
        input: { labels: { exporter: 'OTLP', level: 'INFO' }, line: JSON.stringify({ body: BODY, traceid: '0af7' }) },
        expect: {
          labels: { service_name: 'mythical-server', job: 'spanlogs' },
          onlyLabels: ['service_name', 'job'],
          line: /^span="GET \/unicorn" service_name=mythical-server/,
          metadata: { traceID: '0af7651916cd43dd8448eb211c80319c' },
        },
      }),
      'Look at such a line and its labels in Grafana: something is missing, or there is too much.',
      'Stages in order: json and output unwrap the line; logfmt parses it; labels (service_name), structured_metadata (traceID), static_labels (job = "spanlogs"), label_drop (exporter, level).',
      'loki.process.requests',
    ),
    SPAN_METRICS,
    task(
      values('dimensions', spanmetrics, 'dimension/name', ['http.method', 'beast']),
      'Span metrics have few labels. Each dimension adds one.',
      'Two dimension blocks: name = "http.method" and name = "beast".',
      'otelcol.connector.spanmetrics.red',
    ),
    IN_SECONDS,
    task(
      flow('service-graph', otlpReceiver, mimir, { through: [servicegraph], signal: 'traces' }),
      'There is no service graph yet: a connector builds it from pairs of spans.',
      "Add otelcol.connector.servicegraph with the same exporter in its output, and reference it in the receiver's traces list.",
      'otelcol.connector.servicegraph.edges',
    ),
    SOURCE_LABEL,
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'The trace ID is in each of these lines, but not as a label. What would Loki have too many of if it were?',
    answer: /streams?/i,
    reason: 'Each combination of labels is a separate stream, with an index entry and chunks.',
  },
  live: [
    {
      id: 'span-arrives',
      type: 'spans',
      input: { attributes: { 'http.method': 'GET', beast: 'unicorn' } },
      expect: {},
    },
    { id: 'span-log-arrives', type: 'lines', query: '{job="spanlogs",service_name="workshop"} |= "{marker}"' },
    {
      id: 'span-metrics-arrive',
      type: 'series',
      query: 'traces_spanmetrics_calls_total{source="workshop",http_method="GET",beast="unicorn",span_name="{marker}"}',
    },
  ],
} satisfies Lesson;
