import { sql } from '../lib/sql.ts';
import { NOW } from '../lib/time.ts';

/** The time of each signal's newest item. Skips `up`, which lens writes even if a target doesn't respond. */
export const NEWEST_QUERY = sql`
  SELECT
    (SELECT max(start_time) FROM spans) AS spans,
    (SELECT max(time) FROM logs) AS logs,
    (SELECT max(time) FROM metrics WHERE name <> 'up') AS "metricSamples",
    (SELECT max(time) FROM profiles) AS profiles,
    ${NOW} AS now
`;
