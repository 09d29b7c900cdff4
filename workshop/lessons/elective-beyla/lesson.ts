import { exists, flow, outcome } from '../../check/requirement.ts';
import { docker, mimir, SERVICE_LABEL } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING, TO_MIMIR } from '../tasks.ts';

export default {
  ...about('beyla', 'elective-beyla', 'Elective: Beyla, from the kernel', 20),
  requirements: [
    TO_MIMIR,
    task(
      exists('docker', docker),
      'discovery.docker lists the containers; Beyla runs in some of them.',
      "Use discovery.docker, with Docker's socket and the filter.",
      'discovery.docker.sandbox',
    ),
    task(
      flow('scraped', docker, mimir, { through: [{ kind: 'prometheus.scrape' }] }),
      "Nothing scrapes Beyla's metrics.",
      'prometheus.scrape uses the output of discovery.relabel as its targets.',
      'prometheus.scrape.beyla',
    ),
    task(
      outcome(
        'kept',
        docker,
        { kind: 'prometheus.scrape' },
        {
          input: { labels: { [SERVICE_LABEL]: 'mythical-queue', __address__: '172.18.0.3:5672' } },
          expect: { dropped: true },
        },
      ),
      'All containers of the sandbox would be scraped.',
      'Add a rule with action = "keep" and regex = "beyla-(.+)".',
      'discovery.relabel.beyla',
    ),
    task(
      outcome(
        'address',
        docker,
        { kind: 'prometheus.scrape' },
        {
          input: { labels: { [SERVICE_LABEL]: 'beyla-server', __address__: '172.18.0.3:80' } },
          expect: { labels: { instance: 'beyla-server:9100' } },
        },
      ),
      'Beyla listens on port 9100. The address from Docker has another port.',
      'Add a rule with target_label = "__address__" and replacement = "$1:9100".',
      'discovery.relabel.beyla',
    ),
    task(
      outcome('name', docker, mimir, {
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
      }),
      'The regex has a group, and the replacement uses it. The names that Beyla sets must be removed.',
      'regex = "beyla-(.+)", replacement = "beyla-mythical-$1"; and labeldrop for exported_(job|service_name|instance) in prometheus.relabel.',
      'discovery.relabel.beyla',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'Which technology of the Linux kernel does Beyla use?',
    answer: /^e?bpf\b/i,
    reason: 'eBPF: small programs that the kernel runs at hooks.',
  },
  live: [{ id: 'beyla-arrives', type: 'series', query: 'up{service_name=~"beyla-mythical-.+"}', value: 1 }],
} satisfies Lesson;
