import { type DuckDBConnection, type DuckDBPreparedStatement, StatementType } from '@duckdb/node-api';

/** The query is invalid or not allowed. The message is for its author. */
export class QueryError extends Error {
  override readonly name = 'QueryError';
}

/**
 * Table functions without side effects. Others are refused by name, because a read-only transaction doesn't prevent
 * those that turn on logging or profiling, change the parser, force a checkpoint, or run SQL from a string.
 */
const ALLOWED_TABLE_FUNCTIONS = new Set([
  'duckdb_columns',
  'duckdb_functions',
  'duckdb_keywords',
  'duckdb_tables',
  'duckdb_types',
  'duckdb_views',
  'generate_series',
  'json_each',
  'json_tree',
  'pragma_table_info',
  'range',
  'repeat',
  'repeat_row',
  'summary',
  'unnest',
]);

/** Functions with side effects, and one that only wastes time. */
const REFUSED_FUNCTIONS = new Set(['nextval', 'sleep_ms', 'write_log']);

const LEADING_COMMENTS = /^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/;
const EXPLAIN = /^explain\b(?:\s+analyze\b|\s*\([a-z_,\s]*\))*/i;

/**
 * Prepares `sql` if it is a single read-only statement: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW, or
 * EXPLAIN of one of these.
 *
 * DuckDB's own parser checks this before anything is bound (binding already runs some table functions). It is the first
 * of three layers: the statement then runs in a read-only transaction, in an instance without external access and with
 * a locked configuration.
 *
 * @throws {QueryError}
 */
export async function prepareReadOnly(connection: DuckDBConnection, sql: string): Promise<DuckDBPreparedStatement> {
  const text = sql.replace(LEADING_COMMENTS, '');
  // DuckDB only serializes SELECT-like statements, which makes this check strict, so EXPLAIN is stripped first.
  const explain = EXPLAIN.exec(text)?.[0] ?? '';
  const select = text.slice(explain.length);
  await checkSyntaxTree(connection, select);

  const statements = await connection.extractStatements(explain + select);
  if (statements.count !== 1) throw new QueryError(`expected one statement, not ${statements.count}`);
  const prepared = await statements.prepare(0);
  const wanted = explain === '' ? StatementType.SELECT : StatementType.EXPLAIN;
  if (prepared.statementType !== wanted) {
    prepared.destroySync();
    throw new QueryError('only read-only queries are allowed');
  }
  return prepared;
}

type SerializedSql = { error: true; error_type: string } | { error: false; statements: unknown[] };

async function checkSyntaxTree(connection: DuckDBConnection, select: string): Promise<void> {
  const reader = await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [select]);
  const tree = JSON.parse(String(reader.getRowsJS()[0]?.[0])) as SerializedSql;
  if (tree.error) {
    if (tree.error_type === 'parser') {
      // Fails again, with a message that shows the line.
      await connection.extractStatements(select).catch(({ message }: Error) => {
        throw new QueryError(message.replace('Failed to extract statements: ', ''));
      });
    }
    throw new QueryError(
      'only read-only queries are allowed: SELECT, WITH, FROM, VALUES, DESCRIBE, SUMMARIZE, SHOW, EXPLAIN',
    );
  }
  if (tree.statements.length !== 1) throw new QueryError(`expected one statement, not ${tree.statements.length}`);
  checkFunctions(tree.statements);
}

/** Iterative, so that a deep tree can't overflow the stack. */
function checkFunctions(tree: unknown): void {
  const toVisit: unknown[] = [tree];
  while (toVisit.length > 0) {
    const node = toVisit.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { type, function: call, function_name: name } = node as Record<string, unknown>;
    if (type === 'TABLE_FUNCTION') {
      const tableFunction = String((call as { function_name?: unknown } | undefined)?.function_name).toLowerCase();
      if (!ALLOWED_TABLE_FUNCTIONS.has(tableFunction)) {
        throw new QueryError(`the table function ${tableFunction} is not allowed here`);
      }
    }
    if (typeof name === 'string' && REFUSED_FUNCTIONS.has(name.toLowerCase())) {
      throw new QueryError(`the function ${name} is not allowed here`);
    }
    toVisit.push(...Object.values(node));
  }
}
