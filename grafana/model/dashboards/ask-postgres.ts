import pg from 'pg';
import type { Answer, Row } from './answers.ts';
import type { Question } from './question.ts';
import { FORMATS, fill } from './variables.ts';

export async function askPostgres(connection: pg.ClientConfig, question: Question): Promise<Answer> {
  const { target, values, range } = question;
  // Grafana: pkg/tsdb/grafana-postgresql-datasource/macros.go
  const sql = fill(target.rawSql!, (name) => values[name], FORMATS.pipe).replace(
    /\$__timeFilter\(([^)]+)\)/g,
    (_, column) =>
      `${column} BETWEEN '${new Date(range.from).toISOString()}' AND '${new Date(range.to).toISOString()}'`,
  );
  const client = new pg.Client({ ...connection, connectionTimeoutMillis: 5_000, statement_timeout: 10_000 });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return { kind: 'rows', rows: rows.map(plain) };
  } finally {
    await client.end();
  }
}

/** pg returns large numbers as strings. */
const plain = (row: Record<string, unknown>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value instanceof Date ? value.getTime() : /^-?\d+(\.\d+)?$/.test(String(value)) ? Number(value) : String(value),
    ]),
  );
