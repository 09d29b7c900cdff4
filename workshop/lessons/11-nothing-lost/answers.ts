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
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'endless retries',
    edits: [
      ['max_elapsed_time = "10m"', 'max_elapsed_time = "1h"'],
      ['max_backoff_retries = 64', 'max_backoff_retries = 500'],
    ],
  },
];
