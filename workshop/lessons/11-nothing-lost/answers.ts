import type { Mistake, OtherWay } from '../answers.ts';

/** Typical mistakes, and what the checker must report for each. */
export const MISTAKES: Mistake[] = [
  {
    why: 'dropped before it could be sent',
    edits: [['max_keepalive_time = "1h"', 'max_keepalive_time = "1m"']],
    code: 'wrong-value',
    requirement: 'wal',
    line: 'max_keepalive_time',
  },
  {
    why: 'the default of ten retries',
    edits: [['\t\tmax_backoff_retries = 64\n', '']],
    code: 'missing-attribute',
    requirement: 'log-retries',
    line: 'endpoint {',
  },
  {
    why: 'a long wait between retries',
    edits: [['max_interval     = "10s"', 'max_interval     = "5m"']],
    code: 'wrong-value',
    requirement: 'span-retries',
    line: 'max_interval',
  },
];

/** Correct answers that differ from the solution. */
export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'endless retries',
    edits: [
      ['max_elapsed_time = "10m"', 'max_elapsed_time = "1h"'],
      ['max_backoff_retries = 64', 'max_backoff_retries = 500'],
    ],
  },
];
