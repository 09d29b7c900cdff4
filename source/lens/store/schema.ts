/**
 * The tables of lens.
 *
 * Times are in microseconds since 1970, UTC. JSON columns accept serialized JSON, because many rows share the same
 * value, such as a resource.
 */

type Values = { VARCHAR: string; JSON: string; TIMESTAMP: bigint; DOUBLE: number; INTEGER: number; BIGINT: bigint };
export type ColumnType = keyof Values;

/** Columns by name, in storage order. A `?` marks those that may be null. */
export const TABLES = {
  spans: {
    trace_id: 'VARCHAR',
    span_id: 'VARCHAR',
    parent_span_id: 'VARCHAR?',
    service: 'VARCHAR',
    name: 'VARCHAR',
    kind: 'VARCHAR',
    start_time: 'TIMESTAMP',
    duration_ms: 'DOUBLE',
    status: 'VARCHAR',
    status_message: 'VARCHAR',
    beast: 'VARCHAR?',
    http_method: 'VARCHAR?',
    http_target: 'VARCHAR?',
    http_status_code: 'INTEGER?',
    version: 'VARCHAR?',
    attributes: 'JSON',
    resource: 'JSON',
    events: 'JSON',
    links: 'JSON',
  },
  logs: {
    time: 'TIMESTAMP',
    service: 'VARCHAR',
    level: 'VARCHAR',
    trace_id: 'VARCHAR?',
    span_id: 'VARCHAR?',
    body: 'VARCHAR',
    attributes: 'JSON',
    source: 'VARCHAR',
  },
  metrics: {
    time: 'TIMESTAMP',
    service: 'VARCHAR',
    name: 'VARCHAR',
    type: 'VARCHAR',
    labels: 'JSON',
    // null if the row is an exemplar without a sample, or marks the end of its series.
    value: 'DOUBLE?',
    exemplar_trace_id: 'VARCHAR?',
    exemplar_span_id: 'VARCHAR?',
    exemplar_value: 'DOUBLE?',
    exemplar_time: 'TIMESTAMP?',
  },
  profiles: {
    time: 'TIMESTAMP',
    service: 'VARCHAR',
    type: 'VARCHAR',
    unit: 'VARCHAR',
    profile_id: 'VARCHAR',
    // The names of the stack's frames, a line each, outermost first.
    frames: 'VARCHAR',
    value: 'BIGINT',
    trace_id: 'VARCHAR?',
    span_id: 'VARCHAR?',
    labels: 'JSON',
  },
} as const satisfies Record<string, Record<string, ColumnType | `${ColumnType}?`>>;

export type TableName = keyof typeof TABLES;
export const TABLE_NAMES = Object.keys(TABLES) as TableName[];

/** The column that the retention applies to. */
export const TIME_COLUMN = {
  spans: 'start_time',
  logs: 'time',
  metrics: 'time',
  profiles: 'time',
} as const satisfies { [Name in TableName]: keyof (typeof TABLES)[Name] };

type ValueOf<Type> = Type extends ColumnType
  ? Values[Type]
  : Type extends `${infer Nullable extends ColumnType}?`
    ? Values[Nullable] | null
    : never;
type RowOf<Columns> = { -readonly [Name in keyof Columns]: ValueOf<Columns[Name]> };

export type SpanRow = RowOf<typeof TABLES.spans>;
export type LogRow = RowOf<typeof TABLES.logs> & { source: 'loki' | 'otlp' | 'faro' };
export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'info' | 'unknown';
export type MetricRow = RowOf<typeof TABLES.metrics> & {
  type: MetricType;
  /** Not a column: skip the row if it's already stored, because its sender may retry. */
  once?: true;
};
export type ProfileRow = RowOf<typeof TABLES.profiles>;
export type Rows = { spans: SpanRow; logs: LogRow; metrics: MetricRow; profiles: ProfileRow };

/** The columns that rows are written to. */
export function storedColumns(table: TableName): [name: string, type: ColumnType][] {
  return Object.entries(TABLES[table]).map(([name, type]) => [name, type.replace('?', '') as ColumnType]);
}

/**
 * Columns that queries compute from the stored ones: type and expression. Stacks stored as lists would be slow to group:
 * DuckDB has dictionaries of strings, but not of lists.
 */
const GENERATED: Partial<Record<TableName, [name: string, type: string, expression: string][]>> = {
  profiles: [['stack', 'VARCHAR[]', 'string_split(frames, chr(10))']],
};

/** Each column's name, type and, for a generated one, expression. */
export function columnsOf(table: TableName): [name: string, type: string, expression?: string][] {
  return [...storedColumns(table), ...(GENERATED[table] ?? [])];
}

export function createTableSql(table: TableName): string {
  const columns = columnsOf(table).map(([name, type, expression]) =>
    expression === undefined ? `${name} ${type}` : `${name} ${type} AS (${expression})`,
  );
  return `CREATE TABLE ${table} (${columns.join(', ')})`;
}
