import { sql } from '../lib/sql.ts';
import { NOW } from '../lib/time.ts';

/** When each signal last had something new. Metrics leave out `up`, which lens itself writes for a silent target. */
export const NEWEST_QUERY = sql`
  SELECT
    (SELECT max(start_time) FROM spans) AS spans,
    (SELECT max(time) FROM logs) AS logs,
    (SELECT max(time) FROM metrics WHERE name <> 'up') AS "metricSamples",
    (SELECT max(time) FROM profiles) AS profiles,
    ${NOW} AS now
`;
