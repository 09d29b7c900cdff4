import { exists, flow, outcome, value } from '../../check/requirement.ts';
import { alloyItself, mimir } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import { LIVE_DEBUGGING, TO_MIMIR } from '../tasks.ts';

const exporter = { kind: 'prometheus.exporter.postgres' };

export default {
  ...about('2', '02-infrastructure-metrics', 'Infrastructure metrics', 25),
  requirements: [
    TO_MIMIR,
    task(
      outcome('alloy-labels', alloyItself, mimir, {
        expect: { labels: { group: 'infrastructure', service: 'alloy' } },
      }),
      'A target is a map of labels. All labels are added to every series, except those that start with two underscores.',
      'Add "group" = "infrastructure" and "service" = "alloy" to the map that contains __address__.',
      'prometheus.scrape.alloy',
    ),
    task(
      exists('exporter', exporter),
      'Postgres has no metrics endpoint, so a component has to query it. There is one made for Postgres.',
      'It is prometheus.exporter.postgres, with any label you like.',
      'prometheus.exporter.postgres.database',
    ),
    task(
      value('database', exporter, 'data_source_names', {
        pattern: /^postgres(ql)?:\/\/[^@]+@mythical-database(:5432)?\/postgres\b/,
      }),
      'The exporter has no database address, or a wrong one.',
      'data_source_names is a list. The address is in an environment variable: sys.env("POSTGRES_DATA_SOURCE_NAME").',
      'prometheus.exporter.postgres.database',
    ),
    task(
      flow('scraped', exporter, mimir, { through: [{ kind: 'prometheus.scrape' }] }),
      'An exporter only provides targets. Something has to scrape them and send the results on.',
      'Pass the targets to discovery.relabel, its output to the targets of a prometheus.scrape, and forward that to remote_write.',
      'prometheus.scrape.database',
    ),
    task(
      outcome('postgres-labels', exporter, mimir, {
        expect: { labels: { group: 'infrastructure', service: 'postgres' } },
      }),
      'Look at the series in Grafana: group or service is missing, or has the wrong value.',
      'Write one rule for each label: target_label is its name, replacement is its value. Both rules go into discovery.relabel.',
      'discovery.relabel.database',
    ),
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'In Grafana, Explore, Mimir: pg_stat_database_numbackends{service="postgres"}. Which label tells the databases apart?',
    answer: /^(the )?(label )?dat(name|id)\b( label)?\W*$/i,
    reason: 'The exporter has one series for each database, identified by datname, and by its number, datid.',
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
