import type { Mistake, OtherWay } from '../answers.ts';

/** Typical mistakes, and what the checker must report for each. */
export const MISTAKES: Mistake[] = [
  {
    why: 'the regex must match the whole value',
    edits: [['regex         = "beyla-(.+)"\n\t\taction', 'regex         = "beyla"\n\t\taction']],
    code: 'dropped',
    requirement: 'address',
    line: 'regex         = "beyla"',
  },
  {
    why: 'no port',
    edits: [['"$1:9100"', '"$1"']],
    code: 'wrong-label',
    requirement: 'address',
    line: 'replacement   = "$1"',
  },
  {
    why: 'labels dropped before they exist',
    edits: [
      [
        'forward_to      = [prometheus.relabel.beyla.receiver]',
        'forward_to      = [prometheus.remote_write.mimir.receiver]',
      ],
    ],
    code: 'surplus-label',
    requirement: 'name',
    line: 'forward_to      = [prometheus.remote_write',
  },
];

/** Correct answers that differ from the solution. */
export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'the name in two steps',
    edits: [
      [
        `		regex         = "beyla-(.+)"
		target_label  = "service_name"
		replacement   = "beyla-mythical-$1"`,
        `		target_label  = "service_name"
	}

	rule {
		source_labels = ["service_name"]
		regex         = "beyla-(.+)"
		target_label  = "service_name"
		replacement   = "beyla-mythical-$1"`,
      ],
    ],
  },
];
