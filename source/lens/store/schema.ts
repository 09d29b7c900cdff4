/**
 * The tables of lens.
 *
 * Times are in microseconds since 1970, UTC. JSON columns accept serialized JSON, because many rows share the same
 * value, such as a resource.
 */

export type SpanRow = {
  trace_id: string;
  span_id: string;
  parent_span_id: string | null;
  service: string;
  name: string;
  kind: string;
  start_time: bigint;
  duration_ms: number;
  status: string;
  status_message: string;
  beast: string | null;
  http_method: string | null;
  http_target: string | null;
  http_status_code: number | null;
  version: string | null;
  attributes: string;
  resource: string;
  events: string;
  links: string;
};

export type LogRow = {
  time: bigint;
  service: string;
  level: string;
  trace_id: string | null;
  span_id: string | null;
  body: string;
  attributes: string;
  source: 'loki' | 'otlp' | 'faro';
};

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'unknown';

export type MetricRow = {
  time: bigint;
  service: string;
  name: string;
  type: MetricType;
  labels: string;
  /** null if the row is an exemplar without a sample, or marks the end of its series. */
  value: number | null;
  exemplar_trace_id: string | null;
  exemplar_span_id: string | null;
  exemplar_value: number | null;
  exemplar_time: bigint | null;
  /** Not a column: skip the row if it's already stored, because its sender may retry. */
  once?: true;
};

export type ProfileRow = {
  time: bigint;
  service: string;
  type: string;
  unit: string;
  profile_id: string;
  /** The names of the stack's frames, a line each, outermost first. */
  frames: string;
  value: bigint;
  trace_id: string | null;
  span_id: string | null;
  labels: string;
};

export type Rows = { spans: SpanRow; logs: LogRow; metrics: MetricRow; profiles: ProfileRow };
export type TableName = keyof Rows;

export type ColumnType = 'VARCHAR' | 'JSON' | 'TIMESTAMP' | 'DOUBLE' | 'INTEGER' | 'BIGINT';

export type Table<Row> = {
  /** The column that the retention applies to. */
  timeColumn: keyof Row & string;
  /** In storage order, keyed by the row's property. */
  columns: { [Name in Exclude<keyof Row, 'once'>]: ColumnType };
};

export const TABLES: { [Name in TableName]: Table<Rows[Name]> } = {
  spans: {
    timeColumn: 'start_time',
    columns: {
      trace_id: 'VARCHAR',
      span_id: 'VARCHAR',
      parent_span_id: 'VARCHAR',
      service: 'VARCHAR',
      name: 'VARCHAR',
      kind: 'VARCHAR',
      start_time: 'TIMESTAMP',
      duration_ms: 'DOUBLE',
      status: 'VARCHAR',
      status_message: 'VARCHAR',
      beast: 'VARCHAR',
      http_method: 'VARCHAR',
      http_target: 'VARCHAR',
      http_status_code: 'INTEGER',
      version: 'VARCHAR',
      attributes: 'JSON',
      resource: 'JSON',
      events: 'JSON',
      links: 'JSON',
    },
  },
  logs: {
    timeColumn: 'time',
    columns: {
      time: 'TIMESTAMP',
      service: 'VARCHAR',
      level: 'VARCHAR',
      trace_id: 'VARCHAR',
      span_id: 'VARCHAR',
      body: 'VARCHAR',
      attributes: 'JSON',
      source: 'VARCHAR',
    },
  },
  metrics: {
    timeColumn: 'time',
    columns: {
      time: 'TIMESTAMP',
      service: 'VARCHAR',
      name: 'VARCHAR',
      type: 'VARCHAR',
      labels: 'JSON',
      value: 'DOUBLE',
      exemplar_trace_id: 'VARCHAR',
      exemplar_span_id: 'VARCHAR',
      exemplar_value: 'DOUBLE',
      exemplar_time: 'TIMESTAMP',
    },
  },
  profiles: {
    timeColumn: 'time',
    columns: {
      time: 'TIMESTAMP',
      service: 'VARCHAR',
      type: 'VARCHAR',
      unit: 'VARCHAR',
      profile_id: 'VARCHAR',
      frames: 'VARCHAR',
      value: 'BIGINT',
      trace_id: 'VARCHAR',
      span_id: 'VARCHAR',
      labels: 'JSON',
    },
  },
};

export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/**
 * Columns that queries compute from the stored ones: type and expression. Stacks stored as lists would be slow to group:
 * DuckDB has dictionaries of strings, but not of lists.
 */
const GENERATED: Partial<Record<TableName, Record<string, [type: string, expression: string]>>> = {
  profiles: { stack: ['VARCHAR[]', 'string_split(frames, chr(10))'] },
};

/** Each column's name, type and, for a generated one, expression. */
export function columnsOf(table: TableName): [name: string, type: string, expression?: string][] {
  const generated = Object.entries(GENERATED[table] ?? {});
  return [
    ...Object.entries<string>(TABLES[table].columns),
    ...generated.map(([name, [type, expression]]): [string, string, string] => [name, type, expression]),
  ];
}

export function createTableSql(table: TableName): string {
  const columns = columnsOf(table).map(([name, type, expression]) =>
    expression === undefined ? `${name} ${type}` : `${name} ${type} AS (${expression})`,
  );
  return `CREATE TABLE ${table} (${columns.join(', ')})`;
}
