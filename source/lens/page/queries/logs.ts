import { all, equal, type Sql, sql } from '../lib/sql.ts';
import { stepSeconds, type TimeRange, within } from '../lib/time.ts';

export type LogFilter = {
  service?: string | undefined;
  /** One of LEVELS. */
  level?: string | undefined;
  /** A substring of the line. */
  text?: string | undefined;
  traceId?: string | undefined;
};

export const LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type Level = (typeof LEVELS)[number];

/** Maps the many names of each level; unknown ones count as info. */
export function normalLevel(level: unknown): Level {
  const name = String(level ?? '').toLowerCase();
  if (/^(error|err|fatal|crit|alert|emerg)/.test(name)) return 'error';
  if (name.startsWith('warn')) return 'warn';
  if (/^(debug|trace|verbose|silly)/.test(name)) return 'debug';
  return 'info';
}

/** `normalLevel` in SQL. */
const LEVEL = sql`
  CASE
    WHEN regexp_matches(lower(level), '^(error|err|fatal|crit|alert|emerg)') THEN 'error'
    WHEN lower(level) LIKE 'warn%' THEN 'warn'
    WHEN regexp_matches(lower(level), '^(debug|trace|verbose|silly)') THEN 'debug'
    ELSE 'info'
  END
`;

export type LogRow = {
  time: string;
  service: string;
  level: string | null;
  trace_id: string | null;
  span_id: string | null;
  body: string;
  attributes: Record<string, unknown> | null;
};
export type VolumeRow = { time: string; level: string; lines: number };

const LINES = sql`
  SELECT time, service, level, trace_id, span_id, body, attributes
  FROM logs
`;

export function logsQuery(filter: LogFilter, range: TimeRange): Sql {
  return sql`
    ${LINES}
    WHERE ${conditions(filter, range)}
    ORDER BY time DESC
    LIMIT 200
  `;
}

/** The number of lines by level and step. */
export function volumeQuery(filter: LogFilter, range: TimeRange): Sql {
  return sql`
    SELECT
      time_bucket(INTERVAL ${`${stepSeconds(range)} seconds`}, time) AS time,
      ${LEVEL} AS level,
      count(*) AS lines
    FROM logs
    WHERE ${conditions(filter, range)}
    GROUP BY ALL
    ORDER BY time
  `;
}

export const MAX_TRACE_LINES = 1000;

/** The log lines of one trace, oldest first. */
export function traceLogsQuery(traceId: string): Sql {
  return sql`
    ${LINES}
    WHERE trace_id = ${traceId}
    ORDER BY time
    LIMIT ${MAX_TRACE_LINES}
  `;
}

function conditions({ service, level, text, traceId }: LogFilter, range: TimeRange): Sql {
  return all(
    within(sql`time`, range),
    ...equal([sql`service`, service], [LEVEL, level], [sql`trace_id`, traceId]),
    text ? sql`contains(lower(body), ${text.toLowerCase()})` : undefined,
  );
}
