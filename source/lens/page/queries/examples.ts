import { type Sql, sql } from '../lib/sql.ts';

/** Example queries: each shows something about the sandbox, and a feature of DuckDB. */
type Example = { title: string; query: Sql };

export const EXAMPLES: readonly Example[] = [
  {
    title: 'Slowest endpoints',
    query: sql`
      SELECT service, http_method, beast, count(*) AS requests,
        round(quantile_cont(duration_ms, 0.95), 1) AS p95_ms,
        round(max(duration_ms), 1) AS max_ms,
        max_by(trace_id, duration_ms) AS slowest_trace
      FROM spans
      WHERE kind IN ('server', 'consumer')
      GROUP BY ALL
      ORDER BY p95_ms DESC
      LIMIT 20
    `,
  },
  {
    title: 'Error rate by version',
    query: sql`
      SELECT version,
        count(DISTINCT trace_id) AS traces,
        count(DISTINCT trace_id) FILTER (status = 'error') AS with_errors,
        round(100 * with_errors / traces, 1) AS percent
      FROM spans
      WHERE version IS NOT NULL
      GROUP BY version
      ORDER BY percent DESC
    `,
  },
  {
    title: 'Self time by service and span name',
    query: sql`
      -- Self time: the duration of a span minus that of its children.
      WITH
        children AS (
          SELECT trace_id, parent_span_id AS span_id, sum(duration_ms) AS children_ms
          FROM spans
          WHERE parent_span_id IS NOT NULL
          GROUP BY ALL
        ),
        self AS (
          SELECT service, name, greatest(0, duration_ms - coalesce(children_ms, 0)) AS self_ms
          FROM spans
          LEFT JOIN children USING (trace_id, span_id)
        )
      SELECT service, name, count(*) AS spans, round(avg(self_ms), 2) AS avg_self_ms, round(sum(self_ms)) AS sum_self_ms
      FROM self
      GROUP BY ALL
      ORDER BY sum_self_ms DESC
      LIMIT 20
    `,
  },
  {
    title: 'Time in queue',
    query: sql`
      SELECT consumer.beast, count(*) AS messages,
        round(median(wait_ms), 1) AS median_ms,
        round(quantile_cont(wait_ms, 0.95), 1) AS p95_ms
      FROM spans AS consumer
      JOIN spans AS producer
        ON producer.trace_id = consumer.trace_id AND producer.span_id = consumer.parent_span_id,
      LATERAL (
        SELECT (epoch_us(consumer.start_time) - epoch_us(producer.start_time)) / 1000 - producer.duration_ms AS wait_ms
      )
      WHERE consumer.kind = 'consumer' AND producer.kind = 'producer'
      GROUP BY ALL
      ORDER BY p95_ms DESC
    `,
  },
  {
    title: 'Orphan spans (parent missing)',
    query: sql`
      SELECT service, name, count(*) AS orphans, max(trace_id) AS example_trace
      FROM spans
      WHERE parent_span_id IS NOT NULL
        AND (trace_id, parent_span_id) NOT IN (SELECT (trace_id, span_id) FROM spans)
      GROUP BY ALL
      ORDER BY orphans DESC
    `,
  },
  {
    title: 'Log lines per trace',
    query: sql`
      SELECT trace_id, count(*) AS lines, list(DISTINCT service) AS services, count(*) FILTER (level = 'error') AS errors
      FROM logs
      WHERE trace_id IS NOT NULL
      GROUP BY trace_id
      ORDER BY lines DESC
      LIMIT 20
    `,
  },
  {
    title: 'Error spans with their log lines',
    query: sql`
      SELECT spans.start_time, spans.service, spans.name, spans.status_message, logs.body, spans.trace_id
      FROM spans
      JOIN logs USING (trace_id, span_id)
      WHERE spans.status = 'error'
      ORDER BY spans.start_time DESC
      LIMIT 50
    `,
  },
  {
    title: 'Metrics: names, types and series',
    query: sql`
      SELECT service, name, any_value(type) AS type, count(DISTINCT labels) AS series, count(value) AS samples,
        max_by(value, time) AS newest_value
      FROM metrics
      GROUP BY service, name
      ORDER BY service, name
    `,
  },
  {
    title: 'Top functions by CPU time',
    query: sql`
      SELECT service, stack[-1] AS function, round(sum(value) / 1e6, 1) AS self_ms
      FROM profiles
      WHERE type = 'cpu'
      GROUP BY ALL
      ORDER BY self_ms DESC
      LIMIT 20
    `,
  },
  {
    title: 'Query plan (EXPLAIN ANALYZE)',
    query: sql`
      EXPLAIN ANALYZE
      SELECT service, count(*) FROM spans GROUP BY service
    `,
  },
];

export type ColumnRow = { table_name: string; column_name: string; data_type: string };

export const SCHEMA_QUERY = sql`
  SELECT table_name, column_name, data_type
  FROM information_schema.columns
  WHERE table_schema = 'main'
  ORDER BY table_name, ordinal_position
`;
