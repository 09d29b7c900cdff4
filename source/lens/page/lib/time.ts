import { all, type Sql, sql } from './sql.ts';

/** The last minutes, or a fixed range (`to` is exclusive). */
export type TimeRange = { minutes: number } | { from: Date; to: Date };

export const RANGES_MINUTES = [5, 15, 60] as const;
export const DEFAULT_RANGE: TimeRange = { minutes: 5 };

/** Reads `range` (minutes), or `from` and `to` (ISO 8601), from the address's parameters. */
export function rangeFromParams(params: Readonly<Record<string, string>>): TimeRange | undefined {
  const from = new Date(params.from ?? '');
  const to = new Date(params.to ?? '');
  if (from < to) return { from, to };
  const minutes = Number(params.range);
  return RANGES_MINUTES.some((known) => known === minutes) ? { minutes } : undefined;
}

/** The inverse of `rangeFromParams`. Other parameters are undefined, to clear them. */
export function rangeToParams(range: TimeRange): Record<'range' | 'from' | 'to', string | undefined> {
  if ('minutes' in range) return { range: String(range.minutes), from: undefined, to: undefined };
  return { range: undefined, from: range.from.toISOString(), to: range.to.toISOString() };
}

/** `seconds` before and after a time or, with a duration, a period. */
export function around(timeMs: number, seconds: number, durationMs = 0): TimeRange {
  return { from: new Date(timeMs - seconds * 1000), to: new Date(timeMs + durationMs + seconds * 1000) };
}

/** The current time in UTC, like lens's timestamps. Comparing `now()` with a TIMESTAMP would use local time. */
export const NOW = sql`(now() AT TIME ZONE 'UTC')`;

/** A condition for a column to be in the range. */
export function within(column: Sql, range: TimeRange): Sql {
  if ('from' in range) return all(sql`${column} >= ${range.from}`, sql`${column} < ${range.to}`);
  return sql`${column} >= ${NOW} - INTERVAL ${`${range.minutes} minutes`}`;
}

/**
 * The SDK's default of OTEL_BSP_SCHEDULE_DELAY. Charts end this long before now, because spans that aren't exported yet
 * would make every chart drop at its end.
 */
const EXPORT_DELAY = '5 seconds';

/** A condition for a column to be in the range's complete steps. */
export function withinSteps(column: Sql, range: TimeRange, step: Sql): Sql {
  if ('from' in range) return within(column, range);
  return all(
    sql`${column} >= time_bucket(${step}, ${NOW} - INTERVAL ${`${range.minutes} minutes`})`,
    sql`${column} < time_bucket(${step}, ${NOW} - INTERVAL ${EXPORT_DELAY})`,
  );
}

/** Seconds per data point: at most 120 points, and not less than the scrape interval of 5 s. */
export function stepSeconds(range: TimeRange): number {
  const seconds = lengthSeconds(range);
  return [5, 10, 15, 30, 60, 120, 300].find((step) => seconds / step <= 120) ?? Math.ceil(seconds / 120);
}

function lengthSeconds(range: TimeRange): number {
  return 'from' in range ? (range.to.getTime() - range.from.getTime()) / 1000 : range.minutes * 60;
}

/** The ends of the x axis at `nowMs`, in seconds since 1970. */
export function extent(range: TimeRange, nowMs: number = Date.now()): [from: number, to: number] {
  if ('from' in range) return [range.from.getTime() / 1000, range.to.getTime() / 1000];
  return [nowMs / 1000 - range.minutes * 60, nowMs / 1000];
}

/** Parses a time from lens to milliseconds since 1970, with microseconds as a fraction; NaN if invalid. */
export function parseTime(iso: unknown): number {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?Z?$/.exec(String(iso));
  if (!match) return Number.NaN;
  return Date.parse(`${match[1]}T${match[2]}Z`) + Number(`0.${match[3] ?? '0'}`) * 1000;
}
