import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the component instead of its receiver',
    edits: [['mimir.receiver]', 'mimir]']],
    finds: ['missing-field', undefined, 'forward_to'],
  },
  { why: 'the query URL', edits: [['/api/v1/push', '/prometheus']], finds: ['wrong-value', 'url', 'url = '] },
  {
    why: 'the port on the host',
    edits: [['127.0.0.1:12345', '127.0.0.1:12347']],
    finds: ['wrong-value', 'scrape', 'targets'],
  },
];

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
