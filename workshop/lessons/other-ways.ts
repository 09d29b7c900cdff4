import type { Edits } from './edits.ts';

// Right answers that differ from the solutions.

export type OtherWay = {
  lesson: string;
  why: string;
  edits?: Edits;
  text?: string;
  /** The file alone doesn't tell: the running Alloy does. */
  undecided?: boolean;
};

const RELABEL = `discovery.relabel "database" {
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

`;

export const OTHER_WAYS: OtherWay[] = [
  {
    ...{ lesson: '1', why: "Alloy's own exporter" },
    edits: [
      ['[{"__address__" = "127.0.0.1:12345", "job" = "alloy"}]', 'discovery.relabel.self.output'],
      [
        'prometheus.remote_write "mimir"',
        'prometheus.exporter.self "x" { }\n\ndiscovery.relabel "self" {\n\ttargets = prometheus.exporter.self.x.targets\n\trule {\n\t\ttarget_label = "job"\n\t\treplacement = "alloy"\n\t}\n}\n\nprometheus.remote_write "mimir"',
      ],
    ],
  },
  { lesson: '1', why: 'by the name localhost', edits: [['127.0.0.1:12345', 'localhost:12345']] },
  {
    ...{ lesson: '1', why: 'the job by job_name' },
    edits: [['"127.0.0.1:12345", "job" = "alloy"}]', '"127.0.0.1:12345"}]\n\tjob_name = "alloy"']],
  },
  {
    ...{ lesson: '2', why: 'the configuration of the first workshop' },
    // As the workshop that this course grew out of has it, with the sandbox's user of the database.
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
    ...{ lesson: '2', why: 'labels of series in place of targets' },
    edits: [
      [RELABEL, ''],
      ['= discovery.relabel.database.output', '= prometheus.exporter.postgres.database.targets'],
      [
        '\tforward_to      = [prometheus.remote_write.mimir.receiver]\n}\n\nprometheus.remote_write',
        `\tforward_to      = [prometheus.relabel.database.receiver]\n}\n\n${RELABEL.replace('discovery.relabel', 'prometheus.relabel').replace('targets = prometheus.exporter.postgres.database.targets', 'forward_to = [prometheus.remote_write.mimir.receiver]')}prometheus.remote_write`,
      ],
    ],
  },
  {
    ...{ lesson: '2', why: 'the group by external_labels' },
    edits: [
      [', "group" = "infrastructure"', ''],
      ['\trule {\n\t\ttarget_label = "group"\n\t\treplacement  = "infrastructure"\n\t}\n\n', ''],
      ['\tendpoint {', '\texternal_labels = {"group" = "infrastructure"}\n\n\tendpoint {'],
    ],
  },
  {
    ...{ lesson: '2', why: 'one scrape for both' },
    edits: [
      [
        '= discovery.relabel.database.output',
        '= array.concat(discovery.relabel.database.output, [{"__address__" = "alloy:12345", "group" = "infrastructure", "service" = "alloy"}])',
      ],
      [
        'prometheus.scrape "alloy" {\n\ttargets         = [{"__address__" = "127.0.0.1:12345", "group" = "infrastructure", "service" = "alloy"}]\n\tscrape_interval = "5s"\n\tscrape_timeout  = "4s"\n\tforward_to      = [prometheus.remote_write.mimir.receiver]\n}\n\n',
        '',
      ],
    ],
    undecided: true,
  },
  {
    ...{ lesson: '3', why: 'loki.relabel in place of a stage' },
    edits: [
      ['loki.process.alloy.receiver', 'loki.relabel.alloy.receiver'],
      ['loki.process "alloy"', 'loki.relabel "alloy"'],
      [
        'stage.static_labels {\n\t\tvalues = {"service_name" = "alloy"}',
        'rule {\n\t\ttarget_label = "service_name"\n\t\treplacement = "alloy"',
      ],
    ],
  },
  {
    ...{ lesson: '3', why: 'the label by external_labels, and containers by their own', undecided: false },
    edits: [
      [
        '\trule {\n\t\tsource_labels = ["__meta_docker_container_label_com_docker_compose_service"]\n\t\ttarget_label',
        '\trule {\n\t\tsource_labels = ["__meta_docker_container_label_com_docker_compose_service"]\n\t\tregex = "(.+)"\n\t\treplacement = "$1"\n\t\ttarget_label',
      ],
    ],
  },
  {
    lesson: '3',
    why: 'keep all others',
    edits: [
      [
        'regex         = "alloy"\n\t\taction        = "drop"',
        'regex         = "mythical-.+|mimir|loki|tempo|pyroscope|grafana|k6"\n\t\taction        = "keep"',
      ],
    ],
  },
  { lesson: '4', why: 'a named layout', edits: [['"2006-01-02T15:04:05.000Z07:00"', '"RFC3339Nano"']] },
  {
    ...{ lesson: '4', why: 'a regular expression in place of logfmt' },
    edits: [
      [
        'stage.logfmt {\n\t\tmapping = {"loggedtime" = ""}',
        'stage.regex {\n\t\texpression = "loggedtime=(?P<loggedtime>\\\\S+)"',
      ],
    ],
  },
  {
    lesson: '4',
    why: 'another name on the way',
    edits: [
      ['{"loggedtime" = ""}', '{"time" = "loggedtime"}'],
      ['source = "loggedtime"', 'source = "time"'],
    ],
  },
  {
    lesson: '4',
    why: 'the label where lines come in',
    edits: [
      ['\tstage.static_labels {\n\t\tvalues = {"source" = "push"}\n\t}\n\n', ''],
      [
        '\tforward_to = [loki.process.application.receiver]',
        '\tlabels     = {"source" = "push"}\n\tforward_to = [loki.process.application.receiver]',
      ],
    ],
  },
  {
    lesson: '4',
    why: 'two components, one after the other',
    edits: [
      [
        '\tstage.static_labels {\n\t\tvalues = {"source" = "push"}\n\t}\n\n\tforward_to = [loki.write.loki.receiver]\n}',
        '\tforward_to = [loki.relabel.more.receiver]\n}\n\nloki.relabel "more" {\n\trule {\n\t\ttarget_label = "source"\n\t\treplacement = "push"\n\t}\n\tforward_to = [loki.write.loki.receiver]\n}',
      ],
    ],
  },
  {
    lesson: '4',
    why: 'the time only of lines of the application',
    edits: [
      [
        '\tstage.timestamp {\n\t\tsource = "loggedtime"\n\t\tformat = "2006-01-02T15:04:05.000Z07:00"\n\t}',
        '\tstage.match {\n\t\tselector = "{service_name=~\\"mythical-.+|workshop\\"}"\n\n\t\tstage.timestamp {\n\t\t\tsource = "loggedtime"\n\t\t\tformat = "RFC3339"\n\t\t}\n\t}',
      ],
    ],
  },
  {
    lesson: '5',
    why: 'an address with http://, and no block tls',
    edits: [
      ['endpoint = "tempo:4317"', 'endpoint = "http://tempo:4317"'],
      ['\n\n\t\ttls {\n\t\t\tinsecure = true\n\t\t}', ''],
    ],
  },
  {
    lesson: '5',
    why: 'metrics in batches as well',
    edits: [
      [
        'metrics = [otelcol.exporter.prometheus.mimir.input]\n\t\tlogs    = [otelcol.processor.batch',
        'metrics = [otelcol.processor.batch.default.input]\n\t\tlogs    = [otelcol.processor.batch',
      ],
      [
        '\t\tlogs   = [otelcol.exporter.otlphttp',
        '\t\tmetrics = [otelcol.exporter.prometheus.mimir.input]\n\t\tlogs   = [otelcol.exporter.otlphttp',
      ],
    ],
  },
  { lesson: '5', why: 'all addresses, by leaving the host out', edits: [['"0.0.0.0:4317"', '":4317"']] },
  {
    lesson: '5',
    why: 'the value written out',
    edits: [['sys.env("TRACES_AUTHORIZATION")', '"Basic d29ya3Nob3A6d29ya3Nob3A="']],
  },
  {
    lesson: '5',
    why: 'another processor in between',
    edits: [
      [
        '\t\ttraces  = [otelcol.processor.batch.default.input]\n',
        '\t\ttraces  = [otelcol.processor.attributes.more.input]\n',
      ],
      [
        'otelcol.processor.batch "default"',
        'otelcol.processor.attributes "more" {\n\taction {\n\t\tkey = "x"\n\t\tvalue = "y"\n\t\taction = "upsert"\n\t}\n\toutput {\n\t\ttraces = [otelcol.processor.batch.default.input]\n\t}\n}\n\notelcol.processor.batch "default"',
      ],
    ],
  },
  {
    lesson: '6',
    why: 'labels dropped by rule',
    edits: [
      [
        '\tstage.label_drop {\n\t\tvalues = ["exporter", "level"]\n\t}\n\n\tforward_to = [loki.write',
        '\tforward_to = [loki.relabel.less.receiver]\n}\n\nloki.relabel "less" {\n\trule {\n\t\tregex = "exporter|level"\n\t\taction = "labeldrop"\n\t}\n\n\tforward_to = [loki.write',
      ],
    ],
  },
  {
    lesson: '6',
    why: 'an exporter for each',
    edits: [
      [
        'otelcol.connector.servicegraph "edges" {\n\tmetrics_flush_interval = "5s"\n\n\toutput {\n\t\tmetrics = [otelcol.exporter.prometheus.spans.input]',
        'otelcol.exporter.prometheus "edges" {\n\tforward_to = [prometheus.relabel.spans.receiver]\n}\n\notelcol.connector.servicegraph "edges" {\n\tmetrics_flush_interval = "5s"\n\n\toutput {\n\t\tmetrics = [otelcol.exporter.prometheus.edges.input]',
      ],
    ],
  },
  {
    lesson: '6',
    why: 'more dimensions',
    edits: [
      [
        '\tdimension {\n\t\tname = "beast"\n\t}\n',
        '\tdimension {\n\t\tname = "beast"\n\t}\n\n\tdimension {\n\t\tname = "http.target"\n\t}\n',
      ],
    ],
  },
  {
    lesson: '6',
    why: 'only the labels that are wanted',
    edits: [
      [
        'stage.label_drop {\n\t\tvalues = ["exporter", "level"]',
        'stage.label_keep {\n\t\tvalues = ["service_name", "job"]',
      ],
    ],
  },
  {
    lesson: '7',
    why: 'a fourth policy',
    edits: [
      [
        '\tpolicy {\n\t\tname = "one-in-ten"',
        '\tpolicy {\n\t\tname = "unicorns"\n\t\ttype = "string_attribute"\n\n\t\tstring_attribute {\n\t\t\tkey = "beast"\n\t\t\tvalues = ["unicorn"]\n\t\t}\n\t}\n\n\tpolicy {\n\t\tname = "one-in-ten"',
      ],
    ],
  },
  { lesson: '7', why: 'a longer wait', edits: [['decision_wait = "5s"', 'decision_wait = "10s"']] },
  {
    lesson: '8',
    why: 'relabelled targets',
    edits: [
      ['\t\t{"__address__" = "mimir:9009", "service_name" = "mimir"},\n\t]\n\n\tforward_to', '\t]\n\n\tforward_to'],
      [
        '// Push:',
        'discovery.relabel "mimir" {\n\ttargets = [{"__address__" = "mimir:9009"}]\n\n\trule {\n\t\ttarget_label = "service_name"\n\t\treplacement = "mimir"\n\t}\n}\n\npyroscope.scrape "mimir" {\n\ttargets = discovery.relabel.mimir.output\n\tforward_to = [pyroscope.write.pyroscope.receiver]\n}\n\n// Push:',
      ],
    ],
  },
  {
    lesson: '8',
    why: 'a scrape for each',
    edits: [
      ['\t\t{"__address__" = "mimir:9009", "service_name" = "mimir"},\n\t]\n\n\tforward_to', '\t]\n\n\tforward_to'],
      [
        '// Push:',
        'pyroscope.scrape "mimir" {\n\ttargets = [{"__address__" = "mimir:9009", "service_name" = "mimir"}]\n\tforward_to = [pyroscope.write.pyroscope.receiver]\n}\n\n// Push:',
      ],
    ],
  },
  {
    lesson: '9',
    why: 'the attribute deleted before it is counted',
    edits: [
      [
        '\tdimension {\n\t\tname = "beast"\n\t}\n',
        '\tdimension {\n\t\tname = "network.peer.port"\n\t}\n\n\tdimension {\n\t\tname = "beast"\n\t}\n',
      ],
      ['\t\t\totelcol.connector.spanmetrics.red.input,', '\t\t\totelcol.processor.attributes.less.input,'],
      [
        'otelcol.connector.spanmetrics "red"',
        'otelcol.processor.attributes "less" {\n\taction {\n\t\tkey = "network.peer.port"\n\t\taction = "delete"\n\t}\n\toutput {\n\t\ttraces = [otelcol.connector.spanmetrics.red.input]\n\t}\n}\n\notelcol.connector.spanmetrics "red"',
      ],
    ],
  },
  { lesson: '10', why: 'a header that is hashed', edits: [['action = "delete"', 'action = "hash"']] },
  {
    lesson: '10',
    why: 'statements for both',
    edits: [
      [
        'statements = [`replace_all_patterns(attributes, "value", "token=[^&]+", "token=***")`]',
        'statements = [\n\t\t\t`delete_key(attributes, "http.request.header.authorization")`,\n\t\t\t`replace_pattern(attributes["url.full"], "token=[^&]+", "token=***")`,\n\t\t]',
      ],
      ['key    = "http.request.header.authorization"', 'key    = "something.else"'],
    ],
  },
  {
    lesson: '10',
    why: 'a component made for secrets, of which only Alloy can tell',
    edits: [
      ['forward_to = [loki.process.redact.receiver]', 'forward_to = [loki.secretfilter.more.receiver]'],
      [
        'loki.process "redact"',
        'loki.secretfilter "more" {\n\tforward_to = [loki.process.redact.receiver]\n}\n\nloki.process "redact"',
      ],
    ],
    undecided: true,
  },
  {
    lesson: '11',
    why: 'retries without an end',
    edits: [
      ['max_elapsed_time = "10m"', 'max_elapsed_time = "1h"'],
      ['max_backoff_retries = 64', 'max_backoff_retries = 500'],
    ],
  },
  {
    lesson: '12',
    why: 'the older names',
    edits: [
      ['  otlp_grpc/tempo:', '  otlp/tempo:'],
      ['[otlp_grpc/tempo, span_metrics]', '[otlp/tempo, span_metrics]'],
      ['  otlp_http/loki:', '  otlphttp/loki:'],
      ['[otlp_http/loki]', '[otlphttp/loki]'],
    ],
  },
  {
    lesson: '12',
    why: 'metrics of spans in a pipeline of their own',
    edits: [
      ['[otlp, span_metrics]', '[otlp]'],
      [
        '    metrics:\n',
        '    metrics/spans:\n      receivers: [span_metrics]\n      processors: []\n      exporters: [prometheus_remote_write/mimir]\n    metrics:\n',
      ],
    ],
  },
  {
    lesson: '12',
    why: 'anchors, and a pipeline with a name',
    edits: [
      [
        '    logs:\n      receivers: [otlp]\n      processors: [memory_limiter, batch]',
        '    logs/app:\n      receivers: [otlp]\n      processors: &all [memory_limiter, batch]',
      ],
    ],
  },
  {
    lesson: 'faro',
    why: 'the label by a stage',
    edits: [
      ['\textra_log_labels = {"service_name" = "mythical-frontend"}\n\n', ''],
      [
        '\tstage.structured_metadata',
        '\tstage.static_labels {\n\t\tvalues = {"service_name" = "mythical-frontend"}\n\t}\n\n\tstage.structured_metadata',
      ],
    ],
  },
  {
    lesson: 'beyla',
    why: 'the name in two steps',
    edits: [
      [
        '\t\tregex         = "beyla-(.+)"\n\t\ttarget_label  = "service_name"\n\t\treplacement   = "beyla-mythical-$1"',
        '\t\ttarget_label  = "service_name"\n\t}\n\n\trule {\n\t\tsource_labels = ["service_name"]\n\t\tregex         = "beyla-(.+)"\n\t\ttarget_label  = "service_name"\n\t\treplacement   = "beyla-mythical-$1"',
      ],
    ],
  },
];
