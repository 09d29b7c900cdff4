import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the label dropped from existing series',
    edits: [
      [
        '\tdimension {\n\t\tname = "beast"',
        `	dimension {
		name = "network.peer.port"
	}

	dimension {
		name = "beast"`,
      ],
      [
        '\trule {\n',
        `	rule {
		regex  = "network_peer_port"
		action = "labeldrop"
	}

	rule {
`,
      ],
    ],
    finds: ['surplus-label', 'at-the-source', 'name = "network.peer.port"'],
  },
  {
    why: 'one dimension too many removed',
    edits: [['\tdimension {\n\t\tname = "http.target"\n\t}\n\n', '']],
    finds: ['missing-label-value', 'label', 'otelcol.connector.spanmetrics "red"'],
  },
  {
    why: 'no metrics at all, which is cheap',
    edits: [['\t\t\totelcol.connector.spanmetrics.red.input,\n', '']],
    finds: ['no-way', 'span-metrics', 'traces = ['],
  },
  {
    why: 'the label dropped while sending',
    edits: [
      [
        'api/v1/push"\n',
        'api/v1/push"\n\n\t\twrite_relabel_config {\n\t\t\tregex  = "network_peer_port"\n\t\t\taction = "labeldrop"\n\t\t}\n',
      ],
      [
        '\tdimension {\n\t\tname = "beast"',
        '\tdimension {\n\t\tname = "network.peer.port"\n\t}\n\n\tdimension {\n\t\tname = "beast"',
      ],
    ],
    finds: ['surplus-label', 'at-the-source', 'name = "network.peer.port"'],
  },
  {
    why: 'the label emptied afterwards',
    edits: [
      ['\trule {\n', '\trule {\n\t\ttarget_label = "network_peer_port"\n\t\treplacement  = ""\n\t}\n\n\trule {\n'],
      [
        '\tdimension {\n\t\tname = "beast"',
        '\tdimension {\n\t\tname = "network.peer.port"\n\t}\n\n\tdimension {\n\t\tname = "beast"',
      ],
    ],
    finds: ['surplus-label', 'at-the-source', 'name = "network.peer.port"'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the attribute deleted before the connector',
    edits: [
      [
        '\tdimension {\n\t\tname = "beast"\n\t}\n',
        `	dimension {
		name = "network.peer.port"
	}

	dimension {
		name = "beast"
	}
`,
      ],
      ['\t\t\totelcol.connector.spanmetrics.red.input,', '\t\t\totelcol.processor.attributes.less.input,'],
      [
        'otelcol.connector.spanmetrics "red"',
        `otelcol.processor.attributes "less" {
	action {
		key = "network.peer.port"
		action = "delete"
	}
	output {
		traces = [otelcol.connector.spanmetrics.red.input]
	}
}

otelcol.connector.spanmetrics "red"`,
      ],
    ],
  },
  {
    why: 'a rule that drops another label',
    edits: [
      ['\trule {\n', '\trule {\n\t\tregex  = "service_instance_id"\n\t\taction = "labeldrop"\n\t}\n\n\trule {\n'],
    ],
  },
];
