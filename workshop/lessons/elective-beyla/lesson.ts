import { docker, mimir, SERVICE_LABEL } from '../common.ts';
import type { Lesson } from '../lesson.ts';

export default {
  ...{
    name: 'beyla',
    folder: 'elective-beyla',
    title: 'Elective: Beyla, from the kernel',
    minutes: 20,
    file: 'config.alloy',
  },
  requirements: [
    { id: 'mimir', type: 'exists', of: mimir },
    { id: 'docker', type: 'exists', of: docker },
    { id: 'scraped', type: 'flow', from: docker, through: [{ kind: 'prometheus.scrape' }], to: mimir },
    {
      ...{ id: 'kept', type: 'outcome', from: docker, to: { kind: 'prometheus.scrape' } },
      input: { labels: { [SERVICE_LABEL]: 'mythical-queue', __address__: '172.18.0.3:5672' } },
      expect: { dropped: true },
    },
    {
      ...{ id: 'address', type: 'outcome', from: docker, to: { kind: 'prometheus.scrape' } },
      input: { labels: { [SERVICE_LABEL]: 'beyla-server', __address__: '172.18.0.3:80' } },
      expect: { labels: { instance: 'beyla-server:9100' } },
    },
    {
      ...{ id: 'name', type: 'outcome', from: docker, to: mimir },
      input: {
        labels: {
          [SERVICE_LABEL]: 'beyla-server',
          exported_job: 'x',
          exported_instance: 'y',
          exported_service_name: 'z',
        },
      },
      expect: {
        labels: {
          service_name: 'beyla-mythical-server',
          exported_job: null,
          exported_instance: null,
          exported_service_name: null,
        },
      },
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    mimir: [
      'Metrics have no way to Mimir.',
      "prometheus.remote_write, with Mimir's URL.",
      'prometheus.remote_write.mimir',
    ],
    docker: [
      'Docker knows where Beyla runs.',
      'discovery.docker, with its socket and the filter.',
      'discovery.docker.sandbox',
    ],
    scraped: [
      'Nothing asks Beyla for its metrics.',
      'prometheus.scrape takes the output of discovery.relabel.',
      'prometheus.scrape.beyla',
    ],
    kept: [
      'All containers of the sandbox would be asked.',
      'A rule with action = "keep" and regex = "beyla-(.+)".',
      'discovery.relabel.beyla',
    ],
    address: [
      'Beyla listens on port 9100. What Docker gives as an address has another port.',
      'A rule with target_label = "__address__" and replacement = "$1:9100".',
      'discovery.relabel.beyla',
    ],
    name: [
      'A regular expression with a group, and the replacement uses it. What Beyla sets has to go.',
      'regex = "beyla-(.+)", replacement = "beyla-mythical-$1"; and labeldrop for exported_(job|service_name|instance) in prometheus.relabel.',
      'discovery.relabel.beyla',
    ],
    livedebugging: ['The graph page shows no data.', 'livedebugging has an attribute enabled.', 'livedebugging'],
  },
  question: {
    text: 'Which technique of the Linux kernel does Beyla use?',
    answer: /^e?bpf$/i,
    reason: 'eBPF: small programs that the kernel runs at its own hooks.',
  },
  live: [{ id: 'beyla-arrives', type: 'series', query: 'up{service_name=~"beyla-mythical-.+"}', value: 1 }],
} satisfies Lesson;
