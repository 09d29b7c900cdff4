import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'dropped before it could be sent',
    edits: [['max_keepalive_time = "1h"', 'max_keepalive_time = "1m"']],
    finds: ['wrong-value', 'wal', 'max_keepalive_time'],
  },
  {
    why: 'the default of ten retries',
    edits: [['\t\tmax_backoff_retries = 64\n', '']],
    finds: ['missing-attribute', 'log-retries', 'endpoint {'],
  },
  {
    why: 'a long wait between retries',
    edits: [['max_interval     = "10s"', 'max_interval     = "5m"']],
    finds: ['wrong-value', 'span-retries', 'max_interval'],
  },
  {
    why: 'a queue that is off',
    edits: [['queue_size = 1200', 'enabled    = false\n\t\tqueue_size = 1200']],
    finds: ['wrong-value', 'queue', 'enabled    = false'],
  },
  {
    why: 'a queue measured in spans',
    edits: [['queue_size = 1200', 'sizer      = "items"\n\t\tqueue_size = 1200']],
    finds: ['wrong-value', 'queue', 'sizer      = "items"'],
  },
  {
    why: 'no retries',
    edits: [['initial_interval = "1s"', 'enabled          = false\n\t\tinitial_interval = "1s"']],
    finds: ['wrong-value', 'span-retries', 'enabled          = false'],
  },
  {
    why: 'the log of another remote_write',
    edits: [
      [
        'max_keepalive_time = "1h"\n\t}\n}',
        'max_keepalive_time = "30s"\n\t}\n}\n\nprometheus.remote_write "other" {\n\twal {\n\t\tmax_keepalive_time = "1h"\n\t}\n}',
      ],
    ],
    finds: ['wrong-value', 'wal', 'max_keepalive_time = "30s"'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'endless retries',
    edits: [
      ['max_elapsed_time = "10m"', 'max_elapsed_time = "1h"'],
      ['max_backoff_retries = 64', 'max_backoff_retries = 500'],
    ],
  },
  {
    why: 'retries without an end',
    edits: [
      ['max_elapsed_time = "10m"', 'max_elapsed_time = "0s"'],
      ['max_backoff_retries = 64', 'max_backoff_retries = 0'],
    ],
  },
  {
    why: 'the defaults of the write-ahead log',
    edits: [['\n\twal {\n\t\ttruncate_frequency = "15m"\n\t\tmax_keepalive_time = "1h"\n\t}\n', '']],
  },
];
