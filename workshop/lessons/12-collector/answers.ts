import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'defined, but in no pipeline',
    edits: [
      ['[otlp_grpc/tempo, span_metrics]', '[otlp_grpc/tempo]'],
      ['[otlp, span_metrics]', '[otlp]'],
    ],
    finds: ['unused-part', undefined, 'span_metrics:'],
  },
  {
    why: 'a different name in the pipeline',
    edits: [['exporters: [otlp_http/loki]', 'exporters: [otlp_http/loky]']],
    finds: ['unknown-reference', undefined, 'otlp_http/loky'],
  },
  {
    why: 'no limiter for metrics',
    edits: [['[otlp, span_metrics]\n      processors: [memory_limiter]', '[otlp, span_metrics]\n      processors: []']],
    finds: ['wrong-way', 'metrics', 'metrics:'],
  },
  {
    why: 'a second pipeline that sends the same spans',
    edits: [
      [
        '    logs:\n',
        '    traces/more:\n      receivers: [otlp]\n      processors: [memory_limiter]\n      exporters: [otlp_grpc/tempo]\n    logs:\n',
      ],
    ],
    finds: ['twice', 'traces', 'processors: [memory_limiter]'],
  },
  {
    why: 'batches in a queue that is off',
    edits: [['insecure: true\n    sending_queue:\n', 'insecure: true\n    sending_queue:\n      enabled: false\n']],
    finds: ['wrong-value', 'batched', 'enabled: false'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the older type names',
    edits: [
      ['  otlp_grpc/tempo:', '  otlp/tempo:'],
      ['[otlp_grpc/tempo, span_metrics]', '[otlp/tempo, span_metrics]'],
      ['  otlp_http/loki:', '  otlphttp/loki:'],
      ['[otlp_http/loki]', '[otlphttp/loki]'],
    ],
  },
  {
    why: 'span metrics in a separate pipeline',
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
    why: 'anchors, and a named pipeline',
    edits: [
      [
        `    logs:
      receivers: [otlp]
      processors: [memory_limiter]`,
        `    logs/app:
      receivers: [otlp]
      processors: &all [memory_limiter]`,
      ],
    ],
  },
  {
    why: 'a batch processor instead of batches in the queue',
    edits: [
      ['      insecure: true\n    sending_queue:\n      batch:\n        flush_timeout: 500ms', '      insecure: true'],
      ['loki:3100/otlp\n    sending_queue:\n      batch:\n        flush_timeout: 500ms', 'loki:3100/otlp'],
      ['    limit_mib: 300\n', '    limit_mib: 300\n  batch:\n    timeout: 1s\n'],
      [
        '[memory_limiter]\n      exporters: [otlp_grpc/tempo, span_metrics]',
        '[memory_limiter, batch]\n      exporters: [otlp_grpc/tempo, span_metrics]',
      ],
    ],
  },
  {
    why: 'other ways to write the addresses',
    edits: [
      ['0.0.0.0:4317', '":4317"'],
      ['0.0.0.0:4318', '"[::]:4318"'],
      ['endpoint: tempo:4317\n    tls:\n      insecure: true', 'endpoint: http://tempo:4317'],
    ],
  },
  { why: 'a limit in percent', edits: [['limit_mib: 300', 'limit_percentage: 70\n    spike_limit_percentage: 20']] },
  {
    why: 'an exporter listed twice, which the Collector uses once',
    edits: [['[otlp_http/loki]', '[otlp_http/loki, otlp_http/loki]']],
  },
];
