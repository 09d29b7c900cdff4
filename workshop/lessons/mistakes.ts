import type { Edits } from './edits.ts';

// What people typically get wrong in each lesson, and what the checker has to say of it.

export type Mistake = {
  why: string;
  edits: Edits;
  /** The code of the first finding, the requirement that it is about, and a part of the line that it names. */
  code: string;
  requirement?: string;
  line: string;
};

export const MISTAKES: Record<string, Mistake[]> = {
  1: [
    {
      ...{ why: 'the component in place of its receiver', edits: [['mimir.receiver]', 'mimir]']] },
      ...{ code: 'missing-field', line: 'forward_to' },
    },
    {
      ...{ why: 'the URL for queries', edits: [['/api/v1/push', '/prometheus']] },
      ...{ code: 'wrong-value', requirement: 'url', line: 'url = ' },
    },
    {
      ...{ why: 'the port of the host', edits: [['127.0.0.1:12345', '127.0.0.1:12347']] },
      ...{ code: 'wrong-value', requirement: 'scrape', line: 'targets' },
    },
  ],
  2: [
    {
      ...{ why: 'the scrape takes the targets before they are relabelled' },
      edits: [['= discovery.relabel.database.output', '= prometheus.exporter.postgres.database.targets']],
      ...{ code: 'missing-label-value', requirement: 'postgres-labels', line: 'targets         = prometheus.exporter' },
    },
    {
      ...{
        why: 'the label under the name that it has elsewhere',
        edits: [['"service"\n\t\treplacement  = "postgres"', '"service_name"\n\t\treplacement  = "postgres"']],
      },
      ...{ code: 'missing-label-value', requirement: 'postgres-labels', line: 'target_label = "service_name"' },
    },
    {
      ...{ why: 'a variable that does not exist', edits: [['POSTGRES_DATA_SOURCE_NAME', 'POSTGRES_DSN']] },
      ...{ code: 'wrong-value', requirement: 'database', line: 'data_source_names' },
    },
  ],
  3: [
    {
      ...{
        why: 'the source reads from all containers',
        edits: [['= discovery.relabel.sandbox.output', '= discovery.docker.sandbox.targets']],
      },
      ...{ code: 'missing-label-value', requirement: 'container-label', line: 'targets    = discovery.docker' },
    },
    {
      ...{ why: 'keep in place of drop', edits: [['action        = "drop"', 'action        = "keep"']] },
      ...{ code: 'dropped', requirement: 'container-label', line: 'regex         = "alloy"' },
    },
    {
      ...{ why: 'the label that one sees in docker inspect' },
      edits: [
        [
          '["__meta_docker_container_label_com_docker_compose_service"]\n\t\ttarget_label',
          '["com.docker.compose.service"]\n\t\ttarget_label',
        ],
      ],
      ...{ code: 'missing-label-value', requirement: 'container-label', line: 'com.docker.compose.service' },
    },
  ],
  4: [
    {
      ...{
        why: 'a layout as other languages have it',
        edits: [['2006-01-02T15:04:05.000Z07:00', 'YYYY-MM-DDTHH:mm:ss.SSSZ']],
      },
      ...{ code: 'wrong-timestamp', requirement: 'timestamp', line: 'format' },
    },
    {
      ...{
        why: 'the stage that reads JSON',
        edits: [
          ['stage.logfmt', 'stage.json'],
          ['mapping', 'expressions'],
        ],
      },
      ...{ code: 'wrong-timestamp', requirement: 'timestamp', line: 'expressions' },
    },
    {
      ...{
        why: 'every field a label',
        edits: [
          ['stage.static_labels', 'stage.labels {\n\t\tvalues = {"loggedtime" = ""}\n\t}\n\n\tstage.static_labels'],
          ['mapping = {"loggedtime" = ""}', 'mapping = {"loggedtime" = "", "x" = ""}'],
          ['{"source" = "push"}', '{"source" = "push", "x" = "y"}'],
        ],
      },
      ...{ code: 'surplus-label', requirement: 'source', line: '"x" = "y"' },
    },
  ],
  5: [
    {
      ...{
        why: 'past the memory limiter',
        edits: [
          [
            'traces  = [otelcol.processor.memory_limiter.default.input]',
            'traces  = [otelcol.processor.batch.default.input]',
          ],
        ],
      },
      ...{ code: 'wrong-way', requirement: 'traces', line: 'traces  = [otelcol.processor.batch' },
    },
    {
      ...{ why: 'TLS for a backend that has none', edits: [['insecure = true', 'insecure = false']] },
      ...{ code: 'wrong-value', requirement: 'tempo', line: 'insecure = false' },
    },
    {
      ...{ why: 'only for this container', edits: [['0.0.0.0:4317', '127.0.0.1:4317']] },
      ...{ code: 'wrong-value', requirement: 'receiver', line: '127.0.0.1:4317' },
    },
  ],
  6: [
    {
      ...{ why: 'the trace id as a label', edits: [['stage.structured_metadata', 'stage.labels']] },
      ...{ code: 'surplus-label', requirement: 'span-log-labels', line: '"traceID"' },
    },
    {
      ...{ why: 'the connector gets no spans', edits: [['\t\t\totelcol.connector.spanmetrics.red.input,\n', '']] },
      ...{ code: 'wrong-way', requirement: 'span-metrics', line: 'traces = [' },
    },
    {
      ...{ why: 'the name as Prometheus writes it', edits: [['"http.method"\n', '"http_method"\n']] },
      ...{ code: 'missing-value', requirement: 'dimensions', line: 'name = "http_method"' },
    },
  ],
  7: [
    {
      ...{
        why: 'metrics of what is left',
        edits: [
          [
            'traces = [otelcol.processor.batch.default.input]',
            'traces = [otelcol.processor.batch.default.input, otelcol.connector.spanmetrics.red.input]',
          ],
        ],
      },
      ...{ code: 'unwanted-way', requirement: 'counts-all', line: 'otelcol.connector.spanmetrics.red.input]' },
    },
    {
      ...{
        why: 'the old way stays',
        edits: [
          [
            '\t\t\totelcol.processor.tail_sampling.interesting.input,',
            '\t\t\totelcol.processor.tail_sampling.interesting.input,\n\t\t\totelcol.processor.batch.default.input,',
          ],
        ],
      },
      ...{ code: 'way-around', requirement: 'sampled', line: 'otelcol.processor.batch.default.input,' },
    },
    {
      ...{ why: 'seconds in place of milliseconds', edits: [['threshold_ms = 200', 'threshold_ms = 0.2']] },
      ...{ code: 'wrong-value', requirement: 'slow', line: 'threshold_ms' },
    },
  ],
  8: [
    {
      ...{ why: 'the push API of logs', edits: [['"http://pyroscope:4040"', '"http://pyroscope:4040/api/v1/push"']] },
      ...{ code: 'wrong-value', requirement: 'url', line: 'url = ' },
    },
    {
      ...{
        why: 'no name for what is asked',
        edits: [['{"__address__" = "mimir:9009", "service_name" = "mimir"}', '{"__address__" = "mimir:9009"}']],
      },
      ...{ code: 'missing-label-value', requirement: 'mimir', line: 'mimir:9009' },
    },
    {
      ...{ why: 'only for this container', edits: [['listen_address = "0.0.0.0"', 'listen_address = "127.0.0.1"']] },
      ...{ code: 'wrong-value', requirement: 'port', line: 'listen_address' },
    },
  ],
  9: [
    {
      ...{ why: 'the label dropped from finished series' },
      edits: [
        [
          '\tdimension {\n\t\tname = "beast"',
          '\tdimension {\n\t\tname = "network.peer.port"\n\t}\n\n\tdimension {\n\t\tname = "beast"',
        ],
        ['\trule {\n', '\trule {\n\t\tregex  = "network_peer_port"\n\t\taction = "labeldrop"\n\t}\n\n\trule {\n'],
      ],
      ...{ code: 'unwanted-value', requirement: 'at-the-source', line: 'action = "labeldrop"' },
    },
    {
      ...{ why: 'a dimension too many is gone', edits: [['\tdimension {\n\t\tname = "http.target"\n\t}\n\n', '']] },
      ...{ code: 'missing-label-value', requirement: 'label', line: 'otelcol.connector.spanmetrics "red"' },
    },
    {
      ...{ why: 'no metrics at all: that is cheap', edits: [['\t\t\totelcol.connector.spanmetrics.red.input,\n', '']] },
      ...{ code: 'no-way', requirement: 'metrics', line: 'traces = [' },
    },
  ],
  10: [
    {
      ...{ why: 'no group in the expression', edits: [['token=([^\\\\s&]+)', 'token=[^\\\\s&]+']] },
      ...{ code: 'secret', requirement: 'line', line: 'expression' },
    },
    {
      ...{ why: 'greedy: the rest of the line is gone, too', edits: [['token=([^\\\\s&]+)', 'token=(.+)']] },
      ...{ code: 'wrong-line', requirement: 'line', line: 'expression' },
    },
    {
      ...{
        why: 'past the first processor',
        edits: [
          [
            'traces = [otelcol.processor.attributes.redact.input]',
            'traces = [otelcol.processor.transform.redact.input]',
          ],
        ],
      },
      ...{ code: 'secret', requirement: 'span', line: 'traces = [otelcol.processor.transform' },
    },
  ],
  11: [
    {
      ...{
        why: 'thrown away before it could be sent',
        edits: [['max_keepalive_time = "1h"', 'max_keepalive_time = "1m"']],
      },
      ...{ code: 'wrong-value', requirement: 'wal', line: 'max_keepalive_time' },
    },
    {
      ...{ why: 'the default of ten retries', edits: [['\t\tmax_backoff_retries = 64\n', '']] },
      ...{ code: 'missing-attribute', requirement: 'log-retries', line: 'endpoint {' },
    },
    {
      ...{ why: 'a long wait between retries', edits: [['max_interval     = "10s"', 'max_interval     = "5m"']] },
      ...{ code: 'wrong-value', requirement: 'span-retries', line: 'max_interval' },
    },
  ],
  12: [
    {
      ...{
        why: 'defined, and in no pipeline',
        edits: [
          ['[otlp_grpc/tempo, span_metrics]', '[otlp_grpc/tempo]'],
          ['[otlp, span_metrics]', '[otlp]'],
        ],
      },
      ...{ code: 'unused-part', line: 'span_metrics:' },
    },
    {
      ...{
        why: 'another name in the pipeline',
        edits: [['exporters: [otlp_http/loki]', 'exporters: [otlp_http/loky]']],
      },
      ...{ code: 'unknown-reference', line: 'otlp_http/loky' },
    },
    {
      ...{ why: 'no limiter for metrics', edits: [['processors: [memory_limiter]\n', 'processors: []\n']] },
      ...{ code: 'wrong-way', requirement: 'metrics', line: 'metrics:' },
    },
  ],
  faro: [
    {
      ...{ why: 'the page of another origin', edits: [['"http://localhost:3001", ', '"http://localhost:3000", ']] },
      ...{ code: 'missing-value', requirement: 'origins', line: 'cors_allowed_origins' },
    },
    {
      ...{ why: 'only logs', edits: [['\t\ttraces = [otelcol.processor.batch.default.input]\n', '']] },
      ...{ code: 'no-way', requirement: 'traces', line: 'output {' },
    },
    {
      ...{ why: 'the trace id as a label', edits: [['stage.structured_metadata', 'stage.labels']] },
      ...{ code: 'surplus-label', requirement: 'labels', line: '"traceID"' },
    },
  ],
  beyla: [
    {
      ...{
        why: 'the expression must match all of the value',
        edits: [['regex         = "beyla-(.+)"\n\t\taction', 'regex         = "beyla"\n\t\taction']],
      },
      ...{ code: 'dropped', requirement: 'address', line: 'regex         = "beyla"' },
    },
    {
      ...{ why: 'no port', edits: [['"$1:9100"', '"$1"']] },
      ...{ code: 'wrong-label', requirement: 'address', line: 'replacement   = "$1"' },
    },
    {
      ...{
        why: 'labels dropped where they are not yet there',
        edits: [
          [
            'forward_to      = [prometheus.relabel.beyla.receiver]',
            'forward_to      = [prometheus.remote_write.mimir.receiver]',
          ],
        ],
      },
      ...{ code: 'surplus-label', requirement: 'name', line: 'forward_to      = [prometheus.remote_write' },
    },
  ],
};
