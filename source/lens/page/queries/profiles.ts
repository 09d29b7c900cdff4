import { all, type Sql, sql } from '../lib/sql.ts';
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
  return type.startsWith('heap');
}

/** Distinct stacks with the total value of their samples, largest first. */
export function stacksQuery({ service, type, spanId, idle }: ProfileFilter, range: TimeRange): Sql {
  const chosen = all(
    sql`service = ${service}`,
    sql`type = ${type}`,
    within(sql`time`, range),
    spanId ? sql`span_id = ${spanId}` : undefined,
    idle ? undefined : sql`NOT list_contains(stack, '(idle)')`,
  );
  if (isSnapshot(type)) {
    return sql`
      -- Memory in use is a snapshot: a sum over time would mean nothing, so this is the latest profile.
      SELECT any_value(stack) AS stack, sum(value)::DOUBLE AS value, any_value(unit) AS unit
      FROM profiles
      WHERE ${chosen}
        AND profile_id = (SELECT max_by(profile_id, time) FROM profiles WHERE ${chosen})
      GROUP BY frames
      ORDER BY value DESC
      LIMIT 10000
    `;
  }
  return sql`
    SELECT any_value(stack) AS stack, sum(value)::DOUBLE AS value, any_value(unit) AS unit
    FROM profiles
    WHERE ${chosen}
    GROUP BY frames
    ORDER BY value DESC
    LIMIT 10000
  `;
}
