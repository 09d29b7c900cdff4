import { all, equal, type Sql, sql } from '../lib/sql.ts';
import { type TimeRange, within } from '../lib/time.ts';

/** Conditions on a trace: all except `minMs` apply to a single span. Undefined or empty means any. */
type TraceFilter = {
  service?: string | undefined;
  name?: string | undefined;
  endpoint?: string | undefined;
  method?: string | undefined;
  version?: string | undefined;
  status?: string | undefined;
  /** Minimum duration of the whole trace. */
  minMs?: number | undefined;
  /** A substring of a span's name, attributes or status message, or a prefix of the trace id. */
  text?: string | undefined;
};

export type TraceRow = {
  trace_id: string;
  started: string;
  root_service: string;
  root_name: string;
  endpoint: string | null;
  method: string | null;
  services: string[];
  spans: number;
  duration_ms: number;
  errors: number;
};

export function tracesQuery(filter: TraceFilter, range: TimeRange, limit = 100): Sql {
  const conditions = spanConditions(filter).filter((condition) => condition !== undefined);
  const inRange = within(sql`start_time`, range);
  const ofTraces =
    conditions.length > 0
      ? sql`trace_id IN (SELECT trace_id FROM spans WHERE ${all(...conditions, inRange)})`
      : undefined;
  return sql`
    ${ofTraces ? sql`-- The latest traces with a span that meets the conditions.` : sql`-- The latest traces.`}
    WITH latest AS (
      SELECT trace_id
      FROM spans
      WHERE ${all(inRange, ofTraces)}
      GROUP BY trace_id
      ${filter.minMs === undefined ? sql`` : sql`HAVING ${DURATION_MS} >= ${filter.minMs}`}
      ORDER BY min(start_time) DESC
      LIMIT ${limit}
    )
    SELECT
      trace_id,
      min(start_time) AS started,
      min_by(service, (parent_span_id IS NOT NULL, start_time)) AS root_service,
      min_by(name, (parent_span_id IS NOT NULL, start_time)) AS root_name,
      min_by(beast, start_time) AS endpoint,
      min_by(http_method, start_time) AS method,
      list_sort(list(DISTINCT service)) AS services,
      count(*) AS spans,
      ${DURATION_MS} AS duration_ms,
      count(*) FILTER (status = 'error') AS errors
    FROM spans
    WHERE ${all(inRange, sql`trace_id IN (FROM latest)`)}
    GROUP BY trace_id
    ORDER BY started DESC
  `;
}

/** From the first start to the last end. */
const DURATION_MS = sql`(max(epoch_us(start_time) + duration_ms * 1000) - min(epoch_us(start_time))) / 1000`;

function spanConditions({ service, name, endpoint, method, version, status, text }: TraceFilter): (Sql | undefined)[] {
  const wanted = text?.toLowerCase();
  return [
    ...equal(
      [sql`service`, service],
      [sql`coalesce(beast, name)`, endpoint],
      [sql`http_method`, method],
      [sql`version`, version],
      [sql`status`, status],
    ),
    name ? sql`contains(lower(name), ${name.toLowerCase()})` : undefined,
    // A regular expression, because lower() would copy all attributes: they are most of the table.
    wanted
      ? sql`
          (
            contains(lower(name), ${wanted})
            OR contains(lower(status_message), ${wanted})
            OR starts_with(trace_id, ${wanted})
            OR regexp_matches(attributes, regexp_escape(${wanted}), 'i')
          )
        `
      : undefined,
  ];
}

export type SpanRow = {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  service: string;
  name: string;
  kind: string;
  start_time: string;
  duration_ms: number;
  status: string;
  status_message: string;
  attributes: Record<string, unknown>;
  resource: Record<string, unknown>;
  events: SpanEvent[];
  links: SpanLink[];
};
export type SpanEvent = { name: string; time: string; attributes: Record<string, unknown> };
/** The ids are null if the sender had none. */
export type SpanLink = { trace_id: string | null; span_id: string | null; attributes: Record<string, unknown> };

export function spansQuery(traceId: string): Sql {
  return sql`
    SELECT
      trace_id, span_id, parent_span_id, service, name, kind, start_time, duration_ms,
      status, status_message, attributes, resource, events, links
    FROM spans
    WHERE trace_id = ${traceId}
    -- A parent and its child may start in the same millisecond.
    ORDER BY start_time, duration_ms DESC
  `;
}

/** Spans with profile samples. */
export type ProfiledSpanRow = { span_id: string; type: string; service: string };

export function profiledSpansQuery(traceId: string): Sql {
  return sql`
    SELECT DISTINCT span_id, type, service
    FROM profiles
    WHERE span_id IN (SELECT span_id FROM spans WHERE trace_id = ${traceId})
  `;
}
