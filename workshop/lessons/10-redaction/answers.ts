import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'no group in the regex',
    edits: [['token=([^\\\\s&]+)', 'token=[^\\\\s&]+']],
    finds: ['secret', 'line', 'expression'],
  },
  {
    why: 'greedy: the rest of the line is removed, too',
    edits: [['token=([^\\\\s&]+)', 'token=(.+)']],
    finds: ['wrong-line', 'line', 'expression'],
  },
  {
    why: 'bypassing the first processor',
    edits: [
      ['traces = [otelcol.processor.attributes.redact.input]', 'traces = [otelcol.processor.transform.redact.input]'],
    ],
    finds: ['secret', 'span', 'traces = [otelcol.processor.transform'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  { why: 'a shorter pattern, with the same matches', edits: [['token=([^', 'oken=([^']] },
  { why: 'a hashed header', edits: [['action = "delete"', 'action = "hash"']] },
  {
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
    why: 'a component made for secrets, which only Alloy can evaluate',
    edits: [
      ['forward_to = [loki.process.redact.receiver]', 'forward_to = [loki.secretfilter.more.receiver]'],
      [
        'loki.process "redact"',
        `loki.secretfilter "more" {
	forward_to = [loki.process.redact.receiver]
}

loki.process "redact"`,
      ],
    ],
    undecided: true,
  },
  {
    why: 'a statement without spaces',
    edits: [['(attributes, "value", "token=[^&]+", ', '(attributes,"value","token=[^&]+",']],
  },
];
