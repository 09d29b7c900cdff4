import type { Mistake, OtherWay } from '../answers.ts';

/** Typical mistakes, and what the checker must report for each. */
export const MISTAKES: Mistake[] = [
  {
    why: 'the component instead of its receiver',
    edits: [['mimir.receiver]', 'mimir]']],
    code: 'missing-field',
    line: 'forward_to',
  },
  {
    why: 'the query URL',
    edits: [['/api/v1/push', '/prometheus']],
    code: 'wrong-value',
    requirement: 'url',
    line: 'url = ',
  },
  {
    why: 'the port on the host',
    edits: [['127.0.0.1:12345', '127.0.0.1:12347']],
    code: 'wrong-value',
    requirement: 'scrape',
    line: 'targets',
  },
];

/** Correct answers that differ from the solution. */
export const OTHER_WAYS: OtherWay[] = [
  {
    why: "Alloy's own exporter",
    edits: [
      ['[{"__address__" = "127.0.0.1:12345", "job" = "alloy"}]', 'discovery.relabel.self.output'],
      [
        'prometheus.remote_write "mimir"',
        `prometheus.exporter.self "x" { }

discovery.relabel "self" {
	targets = prometheus.exporter.self.x.targets
	rule {
		target_label = "job"
		replacement = "alloy"
	}
}

prometheus.remote_write "mimir"`,
      ],
    ],
  },
  { why: 'localhost as the host name', edits: [['127.0.0.1:12345', 'localhost:12345']] },
  {
    why: 'the job set by job_name',
    edits: [['"127.0.0.1:12345", "job" = "alloy"}]', '"127.0.0.1:12345"}]\n\tjob_name = "alloy"']],
  },
];
