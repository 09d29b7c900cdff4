import { alloyItself, mimir } from '../common.ts';
import type { Lesson } from '../lesson.ts';

const exporter = { kind: 'prometheus.exporter.postgres' };

export default {
  ...{
    name: '2',
    folder: '02-infrastructure-metrics',
    title: 'Infrastructure metrics',
    minutes: 25,
    file: 'config.alloy',
  },
  requirements: [
    { id: 'url', type: 'exists', of: mimir },
    {
      ...{ id: 'alloy-labels', type: 'outcome', from: alloyItself, to: mimir },
      expect: { labels: { group: 'infrastructure', service: 'alloy' } },
    },
    { id: 'exporter', type: 'exists', of: exporter },
    {
      ...{ id: 'database', type: 'value', of: exporter, attribute: 'data_source_names' },
      is: { pattern: /^postgres(ql)?:\/\/[^@]+@mythical-database(:5432)?\/postgres\b/ },
    },
    { id: 'scraped', type: 'flow', from: exporter, through: [{ kind: 'prometheus.scrape' }], to: mimir },
    {
      ...{ id: 'postgres-labels', type: 'outcome', from: exporter, to: mimir },
      expect: { labels: { group: 'infrastructure', service: 'postgres' } },
    },
    { id: 'livedebugging', type: 'value', of: { kind: 'livedebugging' }, attribute: 'enabled', is: true },
  ],
  hints: {
    url: [
      'The metrics have no way to Mimir.',
      'prometheus.remote_write needs a block endpoint with url = "http://mimir:9009/api/v1/push".',
      'prometheus.remote_write.mimir',
    ],
    'alloy-labels': [
      'A target is a map of labels. All but those that begin with two underscores end up on every series.',
      'Add "group" = "infrastructure" and "service" = "alloy" to the map that has __address__ in it.',
      'prometheus.scrape.alloy',
    ],
    exporter: [
      'Postgres has no page with metrics. A component has to ask it, and there is one for this very database.',
      'It is prometheus.exporter.postgres, and needs a label of your choice.',
      'prometheus.exporter.postgres.database',
    ],
    database: [
      'The exporter does not know which database to ask, or asks the wrong one.',
      'data_source_names is a list. The address is in an environment variable: sys.env("POSTGRES_DATA_SOURCE_NAME").',
      'prometheus.exporter.postgres.database',
    ],
    scraped: [
      'An exporter only offers targets. Something has to ask them, and to send on what it hears.',
      'The targets go into discovery.relabel, its output into the targets of a prometheus.scrape, and that forwards to remote_write.',
      'prometheus.scrape.database',
    ],
    'postgres-labels': [
      'Look at the series in Grafana: group or service is missing, or not what the lesson asks for.',
      'Write one rule for each label: target_label is its name, replacement its value. Both rules go into discovery.relabel.',
      'discovery.relabel.database',
    ],
    livedebugging: [
      'Without live debugging the graph page shows the components, but not what flows between them.',
      'livedebugging has an attribute enabled.',
      'livedebugging',
    ],
  },
  question: {
    text: 'In Grafana, Explore, Mimir: pg_stat_database_numbackends{service="postgres"}. Which label tells the databases apart?',
    answer: /^datname$/i,
    reason: 'The exporter has one series for each database, by its name: datname.',
  },
  live: [
    { id: 'alloy-arrives', type: 'series', query: 'up{service="alloy",group="infrastructure"}', count: 1 },
    {
      id: 'postgres-arrives',
      type: 'series',
      query: 'pg_up{service="postgres",group="infrastructure"} == 1',
      count: 1,
    },
  ],
} satisfies Lesson;
