import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the push API for logs',
    edits: [['"http://pyroscope:4040"', '"http://pyroscope:4040/api/v1/push"']],
    finds: ['wrong-value', 'url', 'url = '],
  },
  {
    why: 'no name for the target',
    edits: [['{"__address__" = "mimir:9009", "service_name" = "mimir"}', '{"__address__" = "mimir:9009"}']],
    finds: ['missing-label-value', 'mimir', 'mimir:9009'],
  },
  {
    why: 'reachable only inside the container',
    edits: [['listen_address = "0.0.0.0"', 'listen_address = "127.0.0.1"']],
    finds: ['wrong-value', 'port', 'listen_address'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'relabelled targets',
    edits: [
      ['\t\t{"__address__" = "mimir:9009", "service_name" = "mimir"},\n', ''],
      [
        '// Push:',
        `discovery.relabel "mimir" {
	targets = [{"__address__" = "mimir:9009"}]

	rule {
		target_label = "service_name"
		replacement = "mimir"
	}
}

pyroscope.scrape "mimir" {
	targets = discovery.relabel.mimir.output
	forward_to = [pyroscope.write.pyroscope.receiver]
}

// Push:`,
      ],
    ],
  },
  {
    why: 'a separate scrape for each',
    edits: [
      ['\t\t{"__address__" = "mimir:9009", "service_name" = "mimir"},\n', ''],
      [
        '// Push:',
        `pyroscope.scrape "mimir" {
	targets = [{"__address__" = "mimir:9009", "service_name" = "mimir"}]
	forward_to = [pyroscope.write.pyroscope.receiver]
}

// Push:`,
      ],
    ],
  },
  { why: 'a slash at the end of the URL', edits: [['"http://pyroscope:4040"', '"http://pyroscope:4040/"']] },
];
