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
  {
    why: 'the same receiver twice',
    edits: [['mimir.receiver]', 'mimir.receiver, prometheus.remote_write.mimir.receiver]']],
    finds: ['twice', 'connection', 'forward_to'],
  },
  {
    why: 'two scrapes of the same target',
    edits: [
      [
        'prometheus.remote_write "mimir" {',
        `prometheus.scrape "again" {
	targets    = [{"__address__" = "127.0.0.1:12345", "job" = "alloy"}]
	forward_to = [prometheus.remote_write.mimir.receiver]
}

prometheus.remote_write "mimir" {`,
      ],
    ],
    finds: ['twice', 'job', 'forward_to'],
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
  {
    why: 'a module from a string',
    edits: [
      ['prometheus.remote_write.mimir.receiver', 'modules.mimir.here.receiver'],
      [
        'prometheus.remote_write "mimir" {',
        'import.string "modules" {\n\tcontent = `declare "mimir" {\n\tprometheus.remote_write "a" {',
      ],
      [
        'api/v1/push"\n\t}\n}',
        `api/v1/push"
	}
	}
	export "receiver" {
		value = prometheus.remote_write.a.receiver
	}
}\`
}

modules.mimir "here" { }`,
      ],
    ],
  },
  {
    why: 'a module that the checker cannot read',
    edits: [
      ['prometheus.remote_write.mimir.receiver', 'modules.mimir.here.receiver'],
      [
        'prometheus.remote_write "mimir" {\n\tendpoint {\n\t\turl = "http://mimir:9009/api/v1/push"\n\t}\n}',
        `import.git "modules" {
	repository = "https://example.com/modules.git"
	path       = "mimir.alloy"
}

modules.mimir "here" { }`,
      ],
    ],
    undecided: true,
  },
];
