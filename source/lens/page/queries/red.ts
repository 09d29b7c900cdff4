import { all, equal, type Sql, sql } from '../lib/sql.ts';
import { stepSeconds, type TimeRange, within, withinSteps } from '../lib/time.ts';

/**
 * Rate, errors and duration, either exact from spans, with all attributes, or from the histogram
 * `mythical_request_times`, as in Prometheus.
 */
export type RedSource = 'spans' | 'histogram';

/** The user's selection; undefined or empty means all. */
export type RedFilter = {
  service?: string | undefined;
  endpoint?: string | undefined;
  method?: string | undefined;
  version?: string | undefined;
};

export type SeriesRow = { time: string; series: string; value: number };
export type LatencyRow = { time: string; p50: number; p95: number; p99: number };
export type BucketRow = { time: string; le: string; count: number };
export type ExemplarRow = { time: string; trace_id: string; value: number; endpoint: string; status: string };
export type EndpointRow = {
  service: string;
  endpoint: string;
  method: string | null;
  requests: number;
  rate: number;
  errors: number;
  p50: number;
  p95: number;
  p99: number;
};
export type VersionRow = { service: string; version: string; traces: number; errors: number; p95: number };

/** A service's entry spans: a request it serves, a message it consumes, or the root of a trace. */
const ENTRY_SPAN = sql`(kind IN ('server', 'consumer') OR parent_span_id IS NULL)`;

/** Expressions for a request's properties. The endpoint is the kind of beast, or else the span's name. */
const SPAN = { endpoint: sql`coalesce(beast, name)`, method: sql`http_method`, kind: sql`coalesce(http_method, kind)` };
const LABEL = {
  endpoint: sql`coalesce(labels->>'beast', labels->>'endpoint')`,
  method: sql`(labels->>'method')`,
  kind: sql`(labels->>'method')`,
};

const HISTOGRAM = 'mythical_request_times';

const QUANTILES = sql`
  quantile_cont(duration_ms, 0.50) AS p50,
  quantile_cont(duration_ms, 0.95) AS p95,
  quantile_cont(duration_ms, 0.99) AS p99
`;

export function rateQuery(source: RedSource, filter: RedFilter, range: TimeRange): Sql {
  const seconds = stepSeconds(range);
  return source === 'histogram'
    ? seriesFromHistogram(filter, range, {
        comment: sql`-- Request rate: the increase of the counter per second, like rate() in PromQL.`,
        value: sql`sum(increase) / ${seconds}`,
      })
    : seriesFromSpans(filter, range, {
        comment: sql`-- Request rate, counted on the entry spans of each service.`,
        value: sql`count(*) / ${seconds}`,
      });
}

export function errorsQuery(source: RedSource, filter: RedFilter, range: TimeRange): Sql {
  return source === 'histogram'
    ? seriesFromHistogram(filter, range, {
        comment: sql`-- Error rate: the share of requests answered with 5xx.`,
        value: sql`coalesce(sum(increase) FILTER ((labels->>'status') LIKE '5%'), 0) / nullif(sum(increase), 0)`,
      })
    : seriesFromSpans(filter, range, {
        comment: sql`-- Error rate: the share of requests that failed.`,
        value: sql`count(*) FILTER (status = 'error') / count(*)`,
      });
}

type Quantity = { comment: Sql; value: Sql };

function seriesFromHistogram(filter: RedFilter, range: TimeRange, { comment, value }: Quantity): Sql {
  return sql`
    ${comment}
    ${increases('count', filter, range)}
    SELECT
      time_bucket(${stepOf(range)}, time) AS time,
      ${seriesOf(LABEL, filter)} AS series,
      ${value} AS value
    FROM increases
    GROUP BY ALL
    ORDER BY time
  `;
}

function seriesFromSpans(filter: RedFilter, range: TimeRange, { comment, value }: Quantity): Sql {
  return sql`
    ${comment}
    SELECT
      time_bucket(${stepOf(range)}, start_time) AS time,
      ${seriesOf(SPAN, filter)} AS series,
      ${value} AS value
    FROM spans
    WHERE ${all(ENTRY_SPAN, ...spanConditions(filter), withinSteps(sql`start_time`, range, stepOf(range)))}
    GROUP BY ALL
    ORDER BY time
  `;
}

/** `LatencyRow`s from spans; from the histogram `BucketRow`s with cumulative counts. */
export function latencyQuery(source: RedSource, filter: RedFilter, range: TimeRange): Sql {
  const step = stepOf(range);
  if (source === 'histogram') {
    return sql`
      -- The increase of each bucket: p50, p95 and p99 are interpolated from these, as histogram_quantile() does.
      ${increases('bucket', filter, range)}
      SELECT time_bucket(${step}, time) AS time, labels->>'le' AS le, sum(increase) AS count
      FROM increases
      GROUP BY ALL
      ORDER BY time
    `;
  }
  return sql`
    -- Exact quantiles of request duration.
    SELECT
      time_bucket(${step}, start_time) AS time,
      ${QUANTILES}
    FROM spans
    WHERE ${all(
      // Not both: a client waits for a server span, but not for a consumer span.
      filter.service ? ENTRY_SPAN : sql`kind = 'server'`,
      ...spanConditions(filter),
      withinSteps(sql`start_time`, range, step),
    )}
    GROUP BY ALL
    ORDER BY time
  `;
}

/** The histogram's exemplars, each with a trace. */
export function exemplarQuery(filter: RedFilter, range: TimeRange): Sql {
  const step = stepOf(range);
  return sql`
    -- The slowest exemplar of each interval. (Each scrape repeats the last exemplar of a bucket.)
    WITH exemplars AS (
      SELECT *, coalesce(exemplar_time, time) AS measured
      FROM metrics
      WHERE ${all(
        sql`name = ${`${HISTOGRAM}_bucket`}`,
        sql`exemplar_trace_id IS NOT NULL`,
        ...labelConditions(filter),
        within(sql`time`, range),
      )}
    )
    SELECT
      max_by(measured, exemplar_value) AS time,
      max(exemplar_value) AS value,
      max_by(exemplar_trace_id, exemplar_value) AS trace_id,
      max_by(${LABEL.endpoint}, exemplar_value) AS endpoint,
      max_by(labels->>'status', exemplar_value) AS status
    FROM exemplars
    GROUP BY time_bucket(${step}, measured)
    ORDER BY time
  `;
}

export function endpointsQuery(filter: RedFilter, range: TimeRange): Sql {
  return sql`
    WITH
      entries AS (
        SELECT *
        FROM spans
        WHERE ${all(ENTRY_SPAN, ...equal([sql`service`, filter.service]), within(sql`start_time`, range))}
      ),
      -- The data may cover less than the time range.
      covered AS (SELECT greatest(1, epoch(max(start_time) - min(start_time))) AS seconds FROM entries)
    SELECT
      service,
      ${SPAN.endpoint} AS endpoint,
      http_method AS method,
      count(*) AS requests,
      count(*) / any_value(seconds) AS rate,
      count(*) FILTER (status = 'error') / count(*) AS errors,
      ${QUANTILES}
    FROM entries, covered
    GROUP BY service, endpoint, method
    ORDER BY method IS NULL, service, endpoint, method
    LIMIT 200
  `;
}

export function versionsQuery(filter: RedFilter, range: TimeRange): Sql {
  return sql`
    -- Error rate by version. Counts traces, as several spans of a trace may have the version.
    SELECT
      service,
      version,
      count(DISTINCT trace_id) AS traces,
      count(DISTINCT trace_id) FILTER (status = 'error') / count(DISTINCT trace_id) AS errors,
      quantile_cont(duration_ms, 0.95) AS p95
    FROM spans
    WHERE ${all(sql`version IS NOT NULL`, ...spanConditions({ ...filter, version: undefined }), within(sql`start_time`, range))}
    GROUP BY service, version
    ORDER BY service, version
    LIMIT 50
  `;
}

function stepOf(range: TimeRange): Sql {
  return sql`INTERVAL ${`${stepSeconds(range)} seconds`}`;
}

function spanConditions({ service, endpoint, method, version }: RedFilter): (Sql | undefined)[] {
  return equal([sql`service`, service], [SPAN.endpoint, endpoint], [SPAN.method, method], [sql`version`, version]);
}

/** The histogram has no version label, so the version doesn't apply. */
function labelConditions({ service, endpoint, method }: RedFilter): (Sql | undefined)[] {
  return equal([sql`service`, service], [LABEL.endpoint, endpoint], [LABEL.method, method]);
}

/** Series by service; within a service, by endpoint; within an endpoint, by method. */
function seriesOf({ endpoint: byEndpoint, kind }: typeof SPAN, { service, endpoint }: RedFilter): Sql {
  if (endpoint) return kind;
  return service ? byEndpoint : sql`service`;
}

/** A WITH clause: each counter's increase between scrapes; a lower value is a reset. Hashes sort twice as fast as labels. */
function increases(part: 'count' | 'bucket', filter: RedFilter, range: TimeRange): Sql {
  const step = stepOf(range);
  return sql`
    WITH increases AS (
      SELECT time, service, labels, CASE WHEN value >= previous THEN value - previous ELSE value END AS increase
      FROM (
        SELECT *, lag(value) OVER (PARTITION BY hash(service, labels) ORDER BY time) AS previous
        FROM metrics
        WHERE ${all(
          sql`name = ${`${HISTOGRAM}_${part}`}`,
          sql`value IS NOT NULL`,
          ...labelConditions(filter),
          withinSteps(sql`time`, range, step),
        )}
      )
      WHERE previous IS NOT NULL
    )
  `;
}
