import type { DuckDBConnection } from '@duckdb/node-api';

export type Counts = { spans: number; logs: number; metricSamples: number; profiles: number };

/** The response of `GET /api/summary`: stored items per signal, in total and by service. */
export type Summary = Counts & { services: ({ name: string } & Counts)[] };

export async function summarize(connection: DuckDBConnection): Promise<Summary> {
  // A profile consists of many rows with one id; a metrics row without a value is not a sample.
  const reader = await connection.runAndReadAll(`
    SELECT service, sum(s)::BIGINT, sum(l)::BIGINT, sum(m)::BIGINT, sum(p)::BIGINT FROM (
      SELECT service, count(*) AS s, 0 AS l, 0 AS m, 0 AS p FROM spans GROUP BY ALL UNION ALL
      SELECT service, 0, count(*), 0, 0 FROM logs GROUP BY ALL UNION ALL
      SELECT service, 0, 0, count(value), 0 FROM metrics GROUP BY ALL UNION ALL
      SELECT service, 0, 0, 0, count(DISTINCT profile_id) FROM profiles GROUP BY ALL
    ) GROUP BY service ORDER BY service`);
  const services = reader.getRowsJS().map(([name, spans, logs, metricSamples, profiles]) => ({
    name: String(name),
    spans: Number(spans),
    logs: Number(logs),
    metricSamples: Number(metricSamples),
    profiles: Number(profiles),
  }));
  const total = (signal: keyof Counts) => services.reduce((sum, service) => sum + service[signal], 0);
  return {
    services,
    spans: total('spans'),
    logs: total('logs'),
    metricSamples: total('metricSamples'),
    profiles: total('profiles'),
  };
}
