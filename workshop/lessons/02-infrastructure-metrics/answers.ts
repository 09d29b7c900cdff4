import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the scrape uses the targets from before relabeling',
    edits: [['= discovery.relabel.database.output', '= prometheus.exporter.postgres.database.targets']],
    finds: ['missing-label-value', 'postgres-labels', 'targets         = prometheus.exporter'],
  },
  {
    why: 'the label with its name in the rest of the sandbox',
    edits: [['"service"\n\t\treplacement  = "postgres"', '"service_name"\n\t\treplacement  = "postgres"']],
    finds: ['missing-label-value', 'postgres-labels', 'target_label = "service_name"'],
  },
  {
    why: 'a variable that does not exist',
    edits: [['POSTGRES_DATA_SOURCE_NAME', 'POSTGRES_DSN']],
    finds: ['wrong-value', 'database', 'data_source_names'],
  },
  {
    why: 'a rule that also removes the address',
    edits: [
      [
        '\trule {\n\t\ttarget_label = "group"',
        '\trule {\n\t\tregex  = "job"\n\t\taction = "labelkeep"\n\t}\n\n\trule {\n\t\ttarget_label = "group"',
      ],
    ],
    finds: ['dropped', 'postgres-labels', 'regex  = "job"'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the configuration of the original workshop',
    text: `livedebugging {
	enabled = true
}

prometheus.scrape "alloy" {
    targets = [{"__address__" = "localhost:12345", group = "infrastructure", service = "alloy"}]

    scrape_interval = "2s"
    scrape_timeout  = "2s"

    forward_to = [prometheus.remote_write.mimir.receiver]

    job_name = "alloy"
}

prometheus.exporter.postgres "mythical" {
    data_source_names = ["postgresql://postgres:mythical@mythical-database:5432/postgres?sslmode=disable"]
}

prometheus.scrape "postgres" {
    targets = prometheus.exporter.postgres.mythical.targets

    scrape_interval = "2s"
    scrape_timeout  = "2s"

    forward_to = [prometheus.relabel.postgres.receiver]

    job_name = "postgres"
}

prometheus.relabel "postgres" {
    forward_to = [prometheus.remote_write.mimir.receiver]

    rule {
        action       = "replace"
        target_label = "group"
        replacement  = "infrastructure"
    }

    rule {
        action       = "replace"
        target_label = "service"
        replacement  = "postgres"
    }
}

prometheus.remote_write "mimir" {
    endpoint {
        url = "http://mimir:9009/api/v1/push"
    }
}
`,
  },
  {
    why: 'labels on series instead of targets',
    edits: [
      [
        `discovery.relabel "database" {
	targets = prometheus.exporter.postgres.database.targets

	rule {
		target_label = "group"
		replacement  = "infrastructure"
	}

	rule {
		target_label = "service"
		replacement  = "postgres"
	}
}

`,
        '',
      ],
      ['= discovery.relabel.database.output', '= prometheus.exporter.postgres.database.targets'],
      [
        `	forward_to      = [prometheus.remote_write.mimir.receiver]
}

prometheus.remote_write`,
        `	forward_to      = [prometheus.relabel.database.receiver]
}

prometheus.relabel "database" {
	forward_to = [prometheus.remote_write.mimir.receiver]

	rule {
		target_label = "group"
		replacement  = "infrastructure"
	}

	rule {
		target_label = "service"
		replacement  = "postgres"
	}
}

prometheus.remote_write`,
      ],
    ],
  },
  {
    why: 'the group set by external_labels',
    edits: [
      [', "group" = "infrastructure"', ''],
      [
        `	rule {
		target_label = "group"
		replacement  = "infrastructure"
	}

`,
        '',
      ],
      ['\tendpoint {', '\texternal_labels = {"group" = "infrastructure"}\n\n\tendpoint {'],
    ],
  },
  {
    why: 'one scrape for both targets',
    edits: [
      [
        '= discovery.relabel.database.output',
        '= array.concat(discovery.relabel.database.output, [{"__address__" = "alloy:12345", "group" = "infrastructure", "service" = "alloy"}])',
      ],
      [
        `prometheus.scrape "alloy" {
	targets         = [{"__address__" = "127.0.0.1:12345", "group" = "infrastructure", "service" = "alloy"}]
	scrape_interval = "5s"
	scrape_timeout  = "4s"
	forward_to      = [prometheus.remote_write.mimir.receiver]
}

`,
        '',
      ],
    ],
    undecided: true,
  },
];
