import { all, equal, type Sql, sql } from '../lib/sql.ts';
import { type TimeRange, within } from '../lib/time.ts';

export type ProfileFilter = {
  service: string;
  type: string;
  spanId?: string | undefined;
  /** Include idle time. */
  idle?: boolean | undefined;
};

export type ProfileChoiceRow = { service: string; type: string; unit: string; profiles: number };
export type StackRow = { stack: string[]; value: number; unit: string };

/** The available profiles. */
export function profileChoicesQuery(range: TimeRange): Sql {
  return sql`
    SELECT service, type, any_value(unit) AS unit, count(DISTINCT profile_id) AS profiles
    FROM profiles
    WHERE ${within(sql`time`, range)}
    GROUP BY service, type
    ORDER BY service, type
  `;
}

/** Whether a profile is a snapshot, like the heap, rather than a sum since the last profile. */
export function isSnapshot(type: string): boolean {
  return /^(heap|goroutine)/.test(type);
}

/** What a value counts: `objects` for heap_objects, `goroutine` for Go's goroutines. */
export function unitOf({ type, unit }: { type: string; unit: string }): string {
  return unit === 'count' ? type.replace(/^.*_/, '') : unit;
}

/** Distinct stacks with the total value of their samples, largest first. */
export function stacksQuery({ service, type, spanId, idle }: ProfileFilter, range: TimeRange): Sql {
  const chosen = all(
    sql`service = ${service}`,
    sql`type = ${type}`,
    ...equal([sql`span_id`, spanId]),
    within(sql`time`, range),
    idle ? undefined : sql`NOT list_contains(stack, '(idle)')`,
  );
  const comment = isSnapshot(type)
    ? sql`-- The latest profile: it is a snapshot, so a sum over time would mean nothing.`
    : sql`-- The sum over time.`;
  const latest = sql`profile_id = (SELECT max_by(profile_id, time) FROM profiles WHERE ${chosen})`;
  return sql`
    ${comment}
    SELECT any_value(stack) AS stack, sum(value)::DOUBLE AS value, any_value(unit) AS unit
    FROM profiles
    WHERE ${all(chosen, isSnapshot(type) ? latest : undefined)}
    GROUP BY frames
    ORDER BY value DESC
    LIMIT 10000
  `;
}
