import type { Mistake, OtherWay } from '../answers.ts';

/** What people typically get wrong, and what the checker has to say of it. */
export const MISTAKES: Mistake[] = [
  {
    why: 'defined, and in no pipeline',
    edits: [
      ['[otlp_grpc/tempo, span_metrics]', '[otlp_grpc/tempo]'],
      ['[otlp, span_metrics]', '[otlp]'],
    ],
    code: 'unused-part',
    line: 'span_metrics:',
  },
  {
    why: 'another name in the pipeline',
    edits: [['exporters: [otlp_http/loki]', 'exporters: [otlp_http/loky]']],
    code: 'unknown-reference',
    line: 'otlp_http/loky',
  },
  {
    why: 'no limiter for metrics',
    edits: [['processors: [memory_limiter]\n', 'processors: []\n']],
    code: 'wrong-way',
    requirement: 'metrics',
    line: 'metrics:',
  },
];

/** Right answers that differ from the solution. */
export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the older names',
    edits: [
      ['  otlp_grpc/tempo:', '  otlp/tempo:'],
      ['[otlp_grpc/tempo, span_metrics]', '[otlp/tempo, span_metrics]'],
      ['  otlp_http/loki:', '  otlphttp/loki:'],
      ['[otlp_http/loki]', '[otlphttp/loki]'],
    ],
  },
  {
    why: 'metrics of spans in a separate pipeline',
    edits: [
      ['[otlp, span_metrics]', '[otlp]'],
      [
        '    metrics:\n',
        `    metrics/spans:
      receivers: [span_metrics]
      processors: []
      exporters: [prometheus_remote_write/mimir]
    metrics:
`,
      ],
    ],
  },
  {
    why: 'anchors, and a pipeline with a name',
    edits: [
      [
        `    logs:
      receivers: [otlp]
      processors: [memory_limiter, batch]`,
        `    logs/app:
      receivers: [otlp]
      processors: &all [memory_limiter, batch]`,
      ],
    ],
  },
];
