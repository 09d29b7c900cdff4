import { exists, flow, outcome } from '../../check/requirement.ts';
import { docker, loki, SERVICE_LABEL } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING, TO_LOKI } from '../tasks.ts';

const logging = { kind: 'logging' };
const source = { kind: 'loki.source.docker', where: { host: 'unix:///var/run/docker.sock' } };

export default {
  ...about('3', '03-infrastructure-logs', 'Infrastructure logs', 25),
  requirements: [
    TO_LOKI,
    task(
      flow('own-log', logging, loki),
      'Alloy writes its log only to the output of its container.',
      'The block logging has an attribute write_to, a list of receivers.',
      'logging',
    ),
    task(
      outcome('own-label', logging, loki, {
        input: { line: 'level=info msg="now running"' },
        expect: { labels: { service_name: 'alloy' }, line: /^level=info msg="now running"$/ },
      }),
      'Every stream needs a name. This one has no label service_name, or a wrong value.',
      'Inside loki.process, add a block stage.static_labels with values = {"service_name" = "alloy"}.',
      'loki.process.alloy',
    ),
    task(
      exists('docker', docker),
      'Docker lists the running containers; discovery.docker queries it through its socket.',
      'host = "unix:///var/run/docker.sock", and a filter on the label com.docker.compose.project=mythical.',
      'discovery.docker.sandbox',
    ),
    task(
      flow('read', docker, loki, { through: [source] }),
      'The containers are discovered, but nothing reads their logs.',
      'loki.source.docker needs host, targets (the output of discovery.relabel) and forward_to.',
      'loki.source.docker.sandbox',
    ),
    task(
      outcome('container-label', docker, loki, {
        input: { labels: { [SERVICE_LABEL]: 'mythical-queue' }, line: 'a line' },
        expect: { labels: { service_name: 'mythical-queue' } },
      }),
      'The labels from Docker start with __meta_docker, and are removed before a line is sent.',
      `Add a rule with source_labels = ["${SERVICE_LABEL}"] and target_label = "service_name".`,
      'discovery.relabel.sandbox',
    ),
    task(
      outcome('no-doubles', docker, loki, {
        input: { labels: { [SERVICE_LABEL]: 'alloy' }, line: 'a line' },
        expect: { dropped: true },
      }),
      "Search for a line of Alloy's own log: you will find it twice.",
      'Add a rule with action = "drop" and the regex "alloy", on the same source label.',
      'discovery.relabel.sandbox',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: "Which of the sandbox's containers must loki.source.docker not read here, because its lines would arrive twice?",
    answer: /^(the )?(grafana[- ])?alloy\b( container)?\W*$/i,
    reason: 'Its lines already arrive through write_to.',
  },
  live: [
    { id: 'own-log-arrives', type: 'lines', query: '{service_name="alloy"}', reload: true },
    { id: 'containers-arrive', type: 'lines', query: '{service_name=~"mythical-.+|mimir|loki|tempo|grafana"}' },
  ],
} satisfies Lesson;
