import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'a layout from another language',
    edits: [['2006-01-02T15:04:05.000Z07:00', 'YYYY-MM-DDTHH:mm:ss.SSSZ']],
    finds: ['wrong-timestamp', 'timestamp', 'format'],
  },
  {
    why: 'the stage for JSON',
    edits: [
      ['stage.logfmt', 'stage.json'],
      ['mapping', 'expressions'],
    ],
    finds: ['wrong-timestamp', 'timestamp', 'expressions'],
  },
  {
    why: 'every field as a label',
    edits: [
      [
        'stage.static_labels',
        `stage.labels {
		values = {"loggedtime" = ""}
	}

	stage.static_labels`,
      ],
    ],
    finds: ['surplus-label', 'source', 'values = {"loggedtime" = ""}'],
  },
  {
    why: 'labels from the groups of a regular expression',
    edits: [
      [
        'stage.logfmt {\n\t\tmapping = {"loggedtime" = ""}',
        'stage.regex {\n\t\texpression = "loggedtime=(?P<loggedtime>\\\\S+)"\n\t\tlabels_from_groups = true',
      ],
    ],
    finds: ['surplus-label', 'source', 'labels_from_groups'],
  },
  {
    why: 'unchanged lines beside the changed ones',
    edits: [['[loki.process.application.receiver]', '[loki.process.application.receiver, loki.write.loki.receiver]']],
    finds: ['wrong-timestamp', 'timestamp', 'loki.write.loki.receiver]'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  { why: 'a named layout', edits: [['"2006-01-02T15:04:05.000Z07:00"', '"RFC3339Nano"']] },
  {
    why: 'a regular expression instead of logfmt',
    edits: [
      [
        'stage.logfmt {\n\t\tmapping = {"loggedtime" = ""}',
        'stage.regex {\n\t\texpression = "loggedtime=(?P<loggedtime>\\\\S+)"',
      ],
    ],
  },
  {
    why: 'another name in between',
    edits: [
      ['{"loggedtime" = ""}', '{"time" = "loggedtime"}'],
      ['source = "loggedtime"', 'source = "time"'],
    ],
  },
  {
    why: 'the label set at the source',
    edits: [
      ['\tstage.static_labels {\n\t\tvalues = {"source" = "push"}\n\t}\n\n', ''],
      [
        '\tforward_to = [loki.process.application.receiver]',
        `	labels     = {"source" = "push"}
	forward_to = [loki.process.application.receiver]`,
      ],
    ],
  },
  {
    why: 'two components in a row',
    edits: [
      [
        `	stage.static_labels {
		values = {"source" = "push"}
	}

	forward_to = [loki.write.loki.receiver]
}`,
        `	forward_to = [loki.relabel.more.receiver]
}

loki.relabel "more" {
	rule {
		target_label = "source"
		replacement = "push"
	}
	forward_to = [loki.write.loki.receiver]
}`,
      ],
    ],
  },
  {
    why: 'the timestamp only for lines of the application',
    edits: [
      [
        `	stage.timestamp {
		source = "loggedtime"
		format = "2006-01-02T15:04:05.000Z07:00"
	}`,
        '\tstage.match {\n\t\tselector = "{service_name=~\\"mythical-.+|workshop\\"}"\n\n\t\tstage.timestamp {\n\t\t\tsource = "loggedtime"\n\t\t\tformat = "RFC3339"\n\t\t}\n\t}',
      ],
    ],
  },
  { why: 'the default address: all', edits: [['\t\tlisten_address = "0.0.0.0"\n', '']] },
  {
    why: 'two paths, each for a part of the lines',
    edits: [
      ['[loki.process.application.receiver]', '[loki.process.application.receiver, loki.process.others.receiver]'],
      [
        'loki.process "application" {',
        `loki.process "others" {
	stage.match {
		selector = "{service_name=~\\"mythical-.+\\"}"
		action   = "drop"
	}

	stage.static_labels {
		values = {"source" = "push"}
	}

	forward_to = [loki.write.loki.receiver]
}

loki.process "application" {
	stage.match {
		selector = "{service_name!~\\"mythical-.+\\"}"
		action   = "drop"
	}
`,
      ],
    ],
  },
];
