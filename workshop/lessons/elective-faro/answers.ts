import type { Mistake, OtherWay } from '../answers.ts';

/** Typical mistakes, and what the checker must report for each. */
export const MISTAKES: Mistake[] = [
  {
    why: 'the wrong origin',
    edits: [['"http://localhost:3001", ', '"http://localhost:3000", ']],
    code: 'missing-value',
    requirement: 'origins',
    line: 'cors_allowed_origins',
  },
  {
    why: 'only logs',
    edits: [['\t\ttraces = [otelcol.processor.batch.default.input]\n', '']],
    code: 'no-way',
    requirement: 'traces',
    line: 'output {',
  },
  {
    why: 'the trace ID as a label',
    edits: [['stage.structured_metadata', 'stage.labels']],
    code: 'surplus-label',
    requirement: 'labels',
    line: '"traceID"',
  },
];

/** Correct answers that differ from the solution. */
export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the label set by a stage',
    edits: [
      ['\textra_log_labels = {"service_name" = "mythical-frontend"}\n\n', ''],
      [
        '\tstage.structured_metadata',
        `	stage.static_labels {
		values = {"service_name" = "mythical-frontend"}
	}

	stage.structured_metadata`,
      ],
    ],
  },
];
