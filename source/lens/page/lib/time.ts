import { all, type Sql, sql } from './sql.ts';

/** What a view looks at: the last minutes, or a fixed time between two moments (`to` not included). */
export type TimeRange = { minutes: number } | { from: Date; to: Date };

export const RANGES_MINUTES = [5, 15, 60] as const;
export const DEFAULT_RANGE: TimeRange = { minutes: 5 };

/** Reads `range` (minutes), or `from` and `to` (ISO 8601), from the parameters of an address. */
export function rangeFromParams(params: Readonly<Record<string, string>>): TimeRange | undefined {
  const from = new Date(params.from ?? '');
  const to = new Date(params.to ?? '');
  if (from < to) return { from, to };
  const minutes = Number(params.range);
  return RANGES_MINUTES.some((known) => known === minutes) ? { minutes } : undefined;
}

/** The parameters that `rangeFromParams` reads. Those that don't apply are undefined, so that they replace others. */
export function rangeToParams(range: TimeRange): Record<'range' | 'from' | 'to', string | undefined> {
  if ('minutes' in range) return { range: String(range.minutes), from: undefined, to: undefined };
  return { range: undefined, from: range.from.toISOString(), to: range.to.toISOString() };
}

/** `seconds` to each side of a moment or, with a duration, of a stretch of time. */
export function around(timeMs: number, seconds: number, durationMs = 0): TimeRange {
  return { from: new Date(timeMs - seconds * 1000), to: new Date(timeMs + durationMs + seconds * 1000) };
}

/** Now, as lens stores time. Plain `now()` would be taken for local time by a comparison with a TIMESTAMP. */
export const NOW = sql`(now() AT TIME ZONE 'UTC')`;

/** The condition that a column is within the range. */
export function within(column: Sql, range: TimeRange): Sql {
  if ('from' in range) return all(sql`${column} >= ${range.from}`, sql`${column} < ${range.to}`);
  return sql`${column} >= ${NOW} - INTERVAL ${`${range.minutes} minutes`}`;
}

/**
 * How long a span may lie in a service before it is exported (the default of OTEL_BSP_SCHEDULE_DELAY): a chart that
 * showed the time since would always seem to fall at its end.
 */
const EXPORT_DELAY = '5 seconds';

/** The condition that a column is within the steps that lie in the range and are complete. */
export function withinSteps(column: Sql, range: TimeRange, step: Sql): Sql {
  if ('from' in range) return within(column, range);
  return all(
    sql`${column} >= time_bucket(${step}, ${NOW} - INTERVAL ${`${range.minutes} minutes`})`,
    sql`${column} < time_bucket(${step}, ${NOW} - INTERVAL ${EXPORT_DELAY})`,
  );
}

/** How much time a point of a chart covers: at most 120 points, and never finer than the 5 s scrape interval. */
export function stepSeconds(range: TimeRange): number {
  const seconds = lengthSeconds(range);
  return [5, 10, 15, 30, 60, 120, 300].find((step) => seconds / step <= 120) ?? Math.ceil(seconds / 120);
}

export function lengthSeconds(range: TimeRange): number {
  return 'from' in range ? (range.to.getTime() - range.from.getTime()) / 1000 : range.minutes * 60;
}

/** The moments that a range spans for an observer at `nowMs`, in seconds since 1970: a chart's x axis. */
export function extent(range: TimeRange, nowMs: number = Date.now()): [from: number, to: number] {
  if ('from' in range) return [range.from.getTime() / 1000, range.to.getTime() / 1000];
  return [nowMs / 1000 - range.minutes * 60, nowMs / 1000];
}

/** Milliseconds since 1970 of a time that lens answered, microseconds kept as a fraction; NaN if it is no time. */
export function parseTime(iso: unknown): number {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(String(iso));
  if (!match) return Number.NaN;
  return Date.parse(`${match[1]}T${match[2]}Z`) + Number(`0.${match[3] ?? '0'}`) * 1000;
}
