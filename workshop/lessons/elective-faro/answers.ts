import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the wrong origin',
    edits: [['"http://localhost:3001", ', '"http://localhost:3000", ']],
    finds: ['missing-value', 'origins', 'cors_allowed_origins'],
  },
  {
    why: 'only logs',
    edits: [['\t\ttraces = [otelcol.processor.batch.default.input]\n', '']],
    finds: ['no-way', 'traces', 'output {'],
  },
  {
    why: 'the trace ID as a label',
    edits: [['stage.structured_metadata', 'stage.labels']],
    finds: ['surplus-label', 'labels', '"traceID"'],
  },
];

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
  {
    why: 'any origin',
    edits: [['["http://localhost:3001", "http://127.0.0.1:3001"]', '["*"]']],
  },
];
