// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are Grafana's variables
import { BytesIEC, CountsPerSecond, Milliseconds, PercentUnit, Short } from '@grafana/grafana-foundation-sdk/units';
import { exploreLogs, label } from '../layout/links.ts';
import { graph } from '../panels/graph.ts';
import { table } from '../panels/table.ts';
import { promql, sql } from '../queries/queries.ts';

const every = '15s';
const _itsLog = exploreLogs('Its log', `{service_name="${label('service_name')}"}`);

export const postgres = [
  graph({
    title: 'Transactions',
    description: 'Committed and rolled back in a second. Each failed POST is a row that Postgres refused.',
    queries: [
      promql('sum(rate(pg_stat_database_xact_commit{datname="postgres"}[$__rate_interval]))', {
        legend: 'committed',
        every,
      }),
      promql('sum(rate(pg_stat_database_xact_rollback{datname="postgres"}[$__rate_interval]))', {
        legend: 'rolled back',
        every,
      }),
    ],
    unit: CountsPerSecond,
    red: 'rolled back',
    width: 8,
  }),
  graph({
    title: 'Connections by application',
    description: 'Connections by application. Postgres takes 60.',
    queries: [
      promql('sum by (application_name) (pg_stat_activity_count{application_name!=""})', {
        legend: '{{application_name}}',
        every,
      }),
    ],
    unit: Short,
    stacked: true,
    warnAt: 50,
    width: 8,
  }),
  graph({
    title: 'Rows changed',
    description:
      'Rows in a second: added by POST and by the recorder, deleted by DELETE and by the trimming of old ones.',
    queries: [
      promql('sum(rate(pg_stat_database_tup_inserted{datname="postgres"}[$__rate_interval]))', {
        legend: 'inserted',
        every,
      }),
      promql('sum(rate(pg_stat_database_tup_deleted{datname="postgres"}[$__rate_interval]))', {
        legend: 'deleted',
        every,
      }),
      promql('sum(rate(pg_stat_database_tup_updated{datname="postgres"}[$__rate_interval]))', {
        legend: 'updated',
        every,
      }),
    ],
    unit: CountsPerSecond,
    width: 8,
  }),
  table({
    title: 'Top statements',
    description:
      'Asked of Postgres itself (pg_stat_statements): the time of all runs together since it started. With slow-database, pg_sleep is on top.',
    queries: [
      sql(
        `select left(regexp_replace(query, '\\s+', ' ', 'g'), 120) as statement, calls, round(total_exec_time::numeric) as total_ms, round(mean_exec_time::numeric, 2) as mean_ms
from pg_stat_statements where toplevel order by total_exec_time desc limit 10`,
      ),
    ],
    columns: [
      { from: 'statement', title: 'Statement' },
      { from: 'calls', title: 'Runs', unit: Short, width: 80 },
      { from: 'total_ms', title: 'All', unit: Milliseconds, width: 90 },
      { from: 'mean_ms', title: 'Mean', unit: Milliseconds, warnAt: 50, alarmAt: 500, width: 90 },
    ],
    width: 16,
  }),
  table({
    title: 'Rows by kind',
    description: 'The rows of the application, by kind: asked of Postgres with the role of a reader.',
    queries: [sql('select kind, count(*) as rows, max(created_at) as newest from beasts group by kind order by kind')],
    columns: [
      { from: 'kind', title: 'Kind' },
      { from: 'rows', title: 'Rows', unit: Short, width: 80 },
      { from: 'newest', title: 'Newest', width: 170 },
    ],
    width: 8,
  }),
  graph({
    title: 'Cache hit ratio',
    description:
      'The share of blocks of tables that Postgres did not have to read from disk. Below 90 %, more memory would help.',
    queries: [
      promql(
        'sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) / (sum(rate(pg_stat_database_blks_hit{datname="postgres"}[$__rate_interval])) + sum(rate(pg_stat_database_blks_read{datname="postgres"}[$__rate_interval])))',
        { legend: 'found', every },
      ),
    ],
    unit: PercentUnit,
    max: 1,
    width: 8,
    height: 6,
  }),
  graph({
    title: 'Locks',
    description: 'Locks held, by mode. The drop and rebuild of all data takes an exclusive one.',
    queries: [promql('sum by (mode) (pg_locks_count{datname="postgres"}) > 0', { legend: '{{mode}}', every })],
    unit: Short,
    stacked: true,
    width: 8,
    height: 6,
  }),
  graph({
    title: 'Table size',
    description: 'Bytes on disk of each table.',
    queries: [promql('max by (relname) (pg_stat_user_tables_table_size_bytes)', { legend: '{{relname}}', every })],
    unit: BytesIEC,
    width: 8,
    height: 6,
  }),
];
