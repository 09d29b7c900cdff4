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
  {
    why: 'a policy that keeps everything',
    edits: [
      [
        'type = "probabilistic"\n',
        'type = "always_sample"\n\t}\n\n\tpolicy {\n\t\tname = "more"\n\t\ttype = "probabilistic"\n',
      ],
    ],
    finds: ['not-dropped', 'rest', 'type = "always_sample"'],
  },
  {
    why: 'traces without errors as well',
    edits: [['["ERROR"]', '["ERROR", "UNSET"]']],
    finds: ['not-dropped', 'rest', 'type = "status_code"'],
  },
  {
    why: 'the slowest are dropped',
    edits: [['threshold_ms = 200', 'threshold_ms       = 200\n\t\t\tupper_threshold_ms = 1000']],
    finds: ['dropped', 'slowest', 'otelcol.processor.tail_sampling "interesting"'],
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
  {
    why: 'a policy that only Alloy can evaluate',
    edits: [
      [
        '\tpolicy {\n\t\tname = "one-in-ten"',
        `	policy {
		name = "some"
		type = "rate_limiting"

		rate_limiting {
			spans_per_second = 1
		}
	}

	policy {
		name = "one-in-ten"`,
      ],
    ],
    undecided: true,
  },
];
