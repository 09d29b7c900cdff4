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
    finds: ['unwanted-value', 'at-the-source', 'action = "labeldrop"'],
  },
  {
    why: 'one dimension too many removed',
    edits: [['\tdimension {\n\t\tname = "http.target"\n\t}\n\n', '']],
    finds: ['missing-label-value', 'label', 'otelcol.connector.spanmetrics "red"'],
  },
  {
    why: 'no metrics at all, which is cheap',
    edits: [['\t\t\totelcol.connector.spanmetrics.red.input,\n', '']],
    finds: ['no-way', 'metrics', 'traces = ['],
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
];
