import type { Mistake, OtherWay } from '../answers.ts';

export const MISTAKES: Mistake[] = [
  {
    why: 'the source reads all containers',
    edits: [['= discovery.relabel.sandbox.output', '= discovery.docker.sandbox.targets']],
    finds: ['missing-label-value', 'container-label', 'targets    = discovery.docker'],
  },
  {
    why: 'keep instead of drop',
    edits: [['action        = "drop"', 'action        = "keep"']],
    finds: ['dropped', 'container-label', 'regex         = "alloy"'],
  },
  {
    why: 'the label name from docker inspect',
    edits: [
      [
        `["__meta_docker_container_label_com_docker_compose_service"]
		target_label`,
        '["com.docker.compose.service"]\n\t\ttarget_label',
      ],
    ],
    finds: ['missing-label-value', 'container-label', 'com.docker.compose.service'],
  },
];

export const OTHER_WAYS: OtherWay[] = [
  {
    why: 'loki.relabel instead of a stage',
    edits: [
      ['loki.process.alloy.receiver', 'loki.relabel.alloy.receiver'],
      ['loki.process "alloy"', 'loki.relabel "alloy"'],
      [
        'stage.static_labels {\n\t\tvalues = {"service_name" = "alloy"}',
        `rule {
		target_label = "service_name"
		replacement = "alloy"`,
      ],
    ],
  },
  {
    why: 'the label set by external_labels, with container names taking precedence',
    edits: [
      [
        `	rule {
		source_labels = ["__meta_docker_container_label_com_docker_compose_service"]
		target_label`,
        `	rule {
		source_labels = ["__meta_docker_container_label_com_docker_compose_service"]
		regex = "(.+)"
		replacement = "$1"
		target_label`,
      ],
    ],
  },
  {
    why: 'keep the other containers instead of dropping one',
    edits: [
      [
        'regex         = "alloy"\n\t\taction        = "drop"',
        `regex         = "mythical-.+|mimir|loki|tempo|pyroscope|grafana|k6"
		action        = "keep"`,
      ],
    ],
  },
  { why: 'regardless of case', edits: [['regex         = "alloy"', 'regex         = "(?i)ALLOY"']] },
];
