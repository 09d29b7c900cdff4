import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the trace ID as a label',
    edits: [['stage.structured_metadata', 'stage.labels']],
    finds: ['surplus-label', 'span-log-labels', '"traceID"'],
  },
  {
    why: 'the connector gets no spans',
    edits: [['\t\t\totelcol.connector.spanmetrics.red.input,\n', '']],
    finds: ['wrong-way', 'span-metrics', 'traces = ['],
  },
  {
    why: 'the name in Prometheus style',
    edits: [['"http.method"\n', '"http_method"\n']],
    finds: ['missing-value', 'dimensions', 'name = "http_method"'],
  },
  {
    why: 'spans to Tempo twice, with and without batches',
    edits: [
      [
        'otelcol.processor.batch.default.input,',
        'otelcol.processor.batch.default.input,\n\t\t\totelcol.exporter.otlp.tempo.input,',
      ],
    ],
    finds: ['twice', 'traces', 'otelcol.exporter.otlp.tempo.input,'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'labels dropped by a rule',
    edits: [
      [
        `	stage.label_drop {
		values = ["exporter", "level"]
	}

	forward_to = [loki.write`,
        `	forward_to = [loki.relabel.less.receiver]
}

loki.relabel "less" {
	rule {
		regex = "exporter|level"
		action = "labeldrop"
	}

	forward_to = [loki.write`,
      ],
    ],
  },
  {
    why: 'a separate exporter for each',
    edits: [
      [
        `otelcol.connector.servicegraph "edges" {
	metrics_flush_interval = "5s"

	output {
		metrics = [otelcol.exporter.prometheus.spans.input]`,
        `otelcol.exporter.prometheus "edges" {
	forward_to = [prometheus.relabel.spans.receiver]
}

otelcol.connector.servicegraph "edges" {
	metrics_flush_interval = "5s"

	output {
		metrics = [otelcol.exporter.prometheus.edges.input]`,
      ],
    ],
  },
  {
    why: 'more dimensions',
    edits: [
      [
        '\tdimension {\n\t\tname = "beast"\n\t}\n',
        `	dimension {
		name = "beast"
	}

	dimension {
		name = "http.target"
	}
`,
      ],
    ],
  },
  {
    why: 'only the wanted labels kept',
    edits: [
      [
        'stage.label_drop {\n\t\tvalues = ["exporter", "level"]',
        'stage.label_keep {\n\t\tvalues = ["service_name", "job"]',
      ],
    ],
  },
  {
    why: 'metadata from a label of another name',
    edits: [
      ['\t\tvalues = {"service_name" = ""}', '\t\tvalues = {"service_name" = "", "trace" = "traceID"}'],
      ['\t\tvalues = {"traceID" = ""}', '\t\tvalues = {"traceID" = "trace"}'],
    ],
  },
  {
    why: 'a label from the group of a regular expression',
    edits: [
      [
        'stage.labels {\n\t\tvalues = {"service_name" = ""}',
        'stage.regex {\n\t\texpression = "service_name=(?P<service_name>\\\\S+)"\n\t\tlabels_from_groups = true',
      ],
    ],
  },
];
