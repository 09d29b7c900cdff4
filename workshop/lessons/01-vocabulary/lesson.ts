import { exists, flow, outcome, value } from '../../check/requirement.ts';
import { alloyItself, mimir } from '../common.ts';
import { type Lesson, task } from '../lesson.ts';

export default {
  ...{
    name: '1',
    folder: '01-vocabulary',
    title: 'Vocabulary: components and the graph',
    minutes: 15,
    file: 'config.alloy',
  },
  requirements: [
    task(
      value('livedebugging', { kind: 'livedebugging' }, 'enabled', true),
      'An attribute is a name, an equals sign and a value. This block has none yet.',
      'The attribute is named enabled, and its value is true or false.',
      'livedebugging',
    ),
    task(
      exists('url', mimir),
      'The component that writes needs a URL, in a block named "endpoint".',
      'The block has no label. It contains the attribute url, with the value "http://mimir:9009/api/v1/push".',
      'prometheus.remote_write.mimir',
    ),
    task(
      exists('scrape', alloyItself),
      "Nothing scrapes Alloy's metrics. Alloy serves them on its own port, 12345.",
      'A target is a map: {"__address__" = "127.0.0.1:12345"}.',
      'prometheus.scrape.alloy',
    ),
    task(
      flow('connection', alloyItself, mimir),
      'forward_to is a list of receivers to send data to. If the list is empty, data goes nowhere.',
      'Reference an export of the other component: its full name, a dot, and receiver.',
      'prometheus.scrape.alloy',
    ),
    task(
      outcome('job', alloyItself, mimir, { expect: { labels: { job: 'alloy' } } }),
      'A target is a map of labels. One of them is job, which dashboards use.',
      'In addition to __address__, the target has "job" = "alloy".',
      'prometheus.scrape.alloy',
    ),
  ],
  question: {
    text: 'Open http://localhost:12347/graph. How many components does it show?',
    answer: /^(2|two)$/i,
    reason: 'livedebugging configures Alloy itself; only blocks with a label are components.',
  },
  live: [{ id: 'arrives', type: 'series', query: 'up{job="alloy",service_name=""}', count: 1 }],
} satisfies Lesson;
