import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'bypassing the memory limiter',
    edits: [
      [
        'traces  = [otelcol.processor.memory_limiter.default.input]',
        'traces  = [otelcol.processor.batch.default.input]',
      ],
    ],
    finds: ['wrong-way', 'traces', 'traces  = [otelcol.processor.batch'],
  },
  {
    why: 'TLS for a backend without TLS',
    edits: [['insecure = true', 'insecure = false']],
    finds: ['wrong-value', 'tempo', 'insecure = false'],
  },
  {
    why: 'reachable only inside the container',
    edits: [['0.0.0.0:4317', '127.0.0.1:4317']],
    finds: ['wrong-value', 'receiver', '127.0.0.1:4317'],
  },
  {
    why: 'the exporter twice',
    edits: [
      ['[otelcol.exporter.otlp.tempo.input]', '[otelcol.exporter.otlp.tempo.input, otelcol.exporter.otlp.tempo.input]'],
    ],
    finds: ['twice', 'traces', 'traces = ['],
  },
  {
    why: 'a limit that is no limit',
    edits: [['limit          = "300MiB"', 'limit_percentage       = 100\n\tspike_limit_percentage = 20']],
    finds: ['missing-attribute', 'limiter', 'otelcol.processor.memory_limiter "default"'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'an address with http://, without a tls block',
    edits: [
      ['endpoint = "tempo:4317"', 'endpoint = "http://tempo:4317"'],
      ['\n\n\t\ttls {\n\t\t\tinsecure = true\n\t\t}', ''],
    ],
  },
  {
    why: 'metrics batched as well',
    edits: [
      [
        `metrics = [otelcol.exporter.prometheus.mimir.input]
		logs    = [otelcol.processor.batch`,
        `metrics = [otelcol.processor.batch.default.input]
		logs    = [otelcol.processor.batch`,
      ],
      [
        '\t\tlogs   = [otelcol.exporter.otlphttp',
        `		metrics = [otelcol.exporter.prometheus.mimir.input]
		logs   = [otelcol.exporter.otlphttp`,
      ],
    ],
  },
  { why: 'all addresses, without a host', edits: [['"0.0.0.0:4317"', '":4317"']] },
  { why: 'a literal value', edits: [['sys.env("TRACES_AUTHORIZATION")', '"Basic d29ya3Nob3A6d29ya3Nob3A="']] },
  {
    why: 'another processor in between',
    edits: [
      [
        '\t\ttraces  = [otelcol.processor.batch.default.input]\n',
        '\t\ttraces  = [otelcol.processor.attributes.more.input]\n',
      ],
      [
        'otelcol.processor.batch "default"',
        `otelcol.processor.attributes "more" {
	action {
		key = "x"
		value = "y"
		action = "upsert"
	}
	output {
		traces = [otelcol.processor.batch.default.input]
	}
}

otelcol.processor.batch "default"`,
      ],
    ],
  },
  {
    why: 'the default endpoints',
    edits: [
      ['\t\tendpoint = "0.0.0.0:4317"\n', ''],
      ['\t\tendpoint = "0.0.0.0:4318"\n', ''],
    ],
  },
  {
    why: 'a limit in percent',
    edits: [['limit          = "300MiB"', 'limit_percentage       = 70\n\tspike_limit_percentage = 20']],
  },
  { why: 'a slash at the end of the URL', edits: [['3100/otlp"', '3100/otlp/"']] },
];
