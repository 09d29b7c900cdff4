import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'metrics of the sampled spans only',
    edits: [
      [
        'traces = [otelcol.processor.batch.default.input]',
        'traces = [otelcol.processor.batch.default.input, otelcol.connector.spanmetrics.red.input]',
      ],
    ],
    finds: ['unwanted-way', 'counts-all', 'otelcol.connector.spanmetrics.red.input]'],
  },
  {
    why: 'the unsampled path is still there',
    edits: [
      [
        '\t\t\totelcol.processor.tail_sampling.interesting.input,',
        `			otelcol.processor.tail_sampling.interesting.input,
			otelcol.processor.batch.default.input,`,
      ],
    ],
    finds: ['way-around', 'sampled', 'otelcol.processor.batch.default.input,'],
  },
  {
    why: 'seconds instead of milliseconds',
    edits: [['threshold_ms = 200', 'threshold_ms = 0.2']],
    finds: ['wrong-value', 'slow', 'threshold_ms'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'a fourth policy',
    edits: [
      [
        '\tpolicy {\n\t\tname = "one-in-ten"',
        `	policy {
		name = "unicorns"
		type = "string_attribute"

		string_attribute {
			key = "beast"
			values = ["unicorn"]
		}
	}

	policy {
		name = "one-in-ten"`,
      ],
    ],
  },
  { why: 'a longer wait', edits: [['decision_wait = "5s"', 'decision_wait = "10s"']] },
];
