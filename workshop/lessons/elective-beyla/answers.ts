import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the regex must match the whole value',
    edits: [['regex         = "beyla-(.+)"\n\t\taction', 'regex         = "beyla"\n\t\taction']],
    finds: ['dropped', 'address', 'regex         = "beyla"'],
  },
  { why: 'no port', edits: [['"$1:9100"', '"$1"']], finds: ['wrong-label', 'address', 'replacement   = "$1"'] },
  {
    why: 'labels dropped before they exist',
    edits: [
      [
        'forward_to      = [prometheus.relabel.beyla.receiver]',
        'forward_to      = [prometheus.remote_write.mimir.receiver]',
      ],
    ],
    finds: ['surplus-label', 'name', 'forward_to      = [prometheus.remote_write'],
  },
];

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
