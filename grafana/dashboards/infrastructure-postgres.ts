import { BytesIEC, Milliseconds, PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import { graph } from '../panels/graph.ts';
import { perSecond } from '../panels/look.ts';
import { table } from '../panels/table.ts';
import { promql, promqlByLegend, sql } from '../queries/queries.ts';
import { every } from '../queries/stack.ts';

export const postgres = [
  graph({
    title: 'Transactions',
    description: 'Commits and rollbacks per second. Each failed POST is a row that Postgres rejected.',
    queries: promqlByLegend(every, {
      committed: 'sum(rate(pg_stat_database_xact_commit{datname="postgres"}[$__rate_interval]))',
      'rolled back': 'sum(rate(pg_stat_database_xact_rollback{datname="postgres"}[$__rate_interval]))',
    }),
    unit: perSecond(),
    red: 'rolled back',
  }),
  graph({
    title: 'Connections by application',
    description: 'Connections by application. Postgres accepts at most 60.',
    queries: [promql('sum by (application_name) (pg_stat_activity_count{application_name!=""})', { every })],
    unit: Short,
    stacked: true,
    warnAt: 50,
  }),
  graph({
    title: 'Rows changed',
    description:
      'Rows per second: inserted by POST and by the recorder, deleted by DELETE and by the cleanup of old rows.',
    queries: promqlByLegend(every, {
      inserted: 'sum(rate(pg_stat_database_tup_inserted{datname="postgres"}[$__rate_interval]))',
      deleted: 'sum(rate(pg_stat_database_tup_deleted{datname="postgres"}[$__rate_interval]))',
      updated: 'sum(rate(pg_stat_database_tup_updated{datname="postgres"}[$__rate_interval]))',
    }),
    unit: perSecond('rows'),
  }),
  table({
    title: 'Top statements',
    description:
      'From pg_stat_statements: total execution time since Postgres started. With slow-database, pg_sleep is at the top.',
    queries: [
      sql(
        `select left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as statement, calls, round(total_exec_time::numeric) as total_ms, round(mean_exec_time::numeric, 2) as mean_ms
from pg_stat_statements where toplevel order by total_exec_time desc limit 10`,
      ),
    ],
    columns: [
      { from: 'statement', title: 'Statement' },
      { from: 'calls', title: 'Calls', unit: Short, width: 80 },
      { from: 'total_ms', title: 'Total', unit: Milliseconds, width: 90 },
      { from: 'mean_ms', title: 'Mean', unit: Milliseconds, warnAt: 50, alarmAt: 500, width: 90 },
    ],
    width: 16,
  }),
  table({
    title: 'Rows by kind',
    description: 'The application’s rows by kind, queried with a read-only role.',
    queries: [sql('select kind, count(*) as rows, max(created_at) as newest from beasts group by kind order by kind')],
    columns: [
      { from: 'kind', title: 'Kind' },
      { from: 'rows', title: 'Rows', unit: Short, width: 65 },
      { from: 'newest', title: 'Newest', unit: 'dateTimeFromNow', width: 150 },
    ],
    width: 8,
  }),
  graph({
    title: 'Cache hit ratio',
    description:
      'The share of table blocks that Postgres did not have to read from disk. Below 90 %, more memory would help.',
    queries: [
      promql(
        'sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) / (sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) + sum(rate(pg_stat_database_blks_read{datname="postgres"}[$__rate_interval])))',
        { legend: 'found', every },
      ),
    ],
    unit: PercentUnit,
    max: 1,
    height: 6,
  }),
  graph({
    title: 'Locks',
    description: 'Locks held, by mode. Dropping and rebuilding all data takes an exclusive lock.',
    queries: [promql('sum by (mode) (pg_locks_count{datname="postgres"}) > 0', { every })],
    unit: Short,
    stacked: true,
    height: 6,
  }),
  graph({
    title: 'Table size',
    description: 'Size of each table on disk.',
    queries: [promql('max by (relname) (pg_stat_user_tables_table_size_bytes)', { every })],
    unit: BytesIEC,
    height: 6,
  }),
];
