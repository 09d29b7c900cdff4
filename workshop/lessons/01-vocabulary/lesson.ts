import { exists, flow, value } from '../../check/requirement.ts';
import { alloyItself, mimir } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { JOB_OF_ALLOY } from '../tasks.ts';

export default {
  ...about('1', '01-vocabulary', 'Vocabulary: components and the graph', 15),
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
    JOB_OF_ALLOY,
  ],
  question: {
    text: 'Open http://localhost:12347/graph. How many components does it show?',
    answer: /^(2|two)\b/i,
    reason: 'livedebugging configures Alloy itself; only blocks with a label are components.',
  },
  live: [{ id: 'arrives', type: 'series', query: 'up{job="alloy",service_name=""}', count: 1 }],
} satisfies Lesson;
