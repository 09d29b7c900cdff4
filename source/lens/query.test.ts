import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, before, describe } from 'node:test';
import { createQueries, type QueryOptions, TooManyQueriesError } from './query.ts';
import { QueryError } from './query-guard.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { type Database, openDatabase } from './store/database.ts';

const metrics = createSelfMetrics();
const store = { flush: async () => {} };

async function openQueries(database: Database, options: Partial<QueryOptions> = {}) {
  return createQueries({ database, store, metrics, ...options });
}

describe('queries', () => {
  let database: Database;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lens-query-'));
    database = await openDatabase({ dataDir: folder, memoryLimit: '256MB', announce: assert.fail });
    const connection = await database.connect();
    await connection.run("INSERT INTO logs VALUES (now(), 'a', 'info', NULL, NULL, 'body', '{}', 'otlp')");
    await connection.run('CREATE SEQUENCE numbers');
    connection.closeSync();
  });
  after(async () => {
    database[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  test('values come as JSON that a page can use', async () => {
    await using queries = await openQueries(database);
    const { columns, rows, truncated } = await queries.run(`SELECT
      TIMESTAMP '2026-11-21 01:02:03.123456' AS micros, TIMESTAMP '2026-11-21 01:02:03' AS seconds,
      TIMESTAMP '1969-12-31 23:59:59.999999' AS before_1970, 'infinity'::TIMESTAMP AS never,
      TIMESTAMPTZ '2026-11-21 01:02:03+00' AS zoned, DATE '2026-11-21' AS day, 42::BIGINT AS safe,
      9007199254740993 AS unsafe, sum(3::BIGINT) AS hugeint, 1.25::DECIMAL(9,2) AS decimal, 'NaN'::DOUBLE AS nan,
      '{"a":[1,null]}'::JSON AS json, ['x', NULL] AS list, [{'j': '{"b":2}'::JSON}] AS nested,
      MAP {'k': 1} AS map, NULL AS nothing, true AS yes, INTERVAL 90 MINUTE AS pause`);
    const row = Object.fromEntries(columns.map(({ name }, index) => [name, rows[0]?.[index]]));
    assert.deepEqual(row, {
      micros: '2026-11-21T01:02:03.123456Z',
      seconds: '2026-11-21T01:02:03.000Z',
      before_1970: '1969-12-31T23:59:59.999999Z',
      never: null,
      zoned: '2026-11-21T01:02:03.000Z',
      day: '2026-11-21',
      safe: 42,
      unsafe: '9007199254740993',
      hugeint: 3,
      decimal: 1.25,
      nan: null,
      json: { a: [1, null] },
      list: ['x', null],
      nested: [{ j: { b: 2 } }],
      map: { k: 1 },
      nothing: null,
      yes: true,
      pause: '01:30:00',
    });
    assert.equal(truncated, false);
    assert.deepEqual(columns.slice(0, 1).concat(columns[11]!, columns[12]!), [
      { name: 'micros', type: 'TIMESTAMP' },
      { name: 'json', type: 'JSON' },
      { name: 'list', type: 'VARCHAR[]' },
    ]);
  });

  for (const sql of [
    'FROM logs',
    'TABLE logs',
    'VALUES (1)',
    'WITH x AS (SELECT 1 AS a) SELECT * FROM x',
    'DESCRIBE logs',
    'SUMMARIZE logs',
    'SHOW TABLES',
    'SELECT * FROM logs;',
    '-- a comment\n/* another */ SELECT 1',
    '-- a comment\nEXPLAIN SELECT * FROM logs',
    'explain analyze SELECT count(*) FROM logs',
    'EXPLAIN (FORMAT json) SELECT 1',
    'SELECT * FROM range(3), unnest([1, 2])',
    'SELECT key FROM logs, json_each(attributes)',
    'PIVOT logs ON level IN (info, error) USING count(*)',
    'SELECT * FROM duckdb_columns()',
    "SELECT 'DROP TABLE logs; -- only text'",
  ]) {
    test(`allowed: ${sql.replaceAll('\n', ' ')}`, async () => {
      await using queries = await openQueries(database);
      await queries.run(sql);
    });
  }

  const attacks = [
    "INSERT INTO logs VALUES (now(), 'a', 'info', NULL, NULL, 'x', '{}', 'otlp')",
    'DELETE FROM logs',
    "UPDATE logs SET body = ''",
    'TRUNCATE logs',
    'DROP TABLE logs',
    'ALTER TABLE logs ADD COLUMN x INTEGER',
    'CREATE TABLE t (a INTEGER)',
    'CREATE TEMP TABLE t (a INTEGER)',
    'CREATE VIEW v AS SELECT 1',
    'CREATE MACRO f() AS 1',
    'CREATE SECRET (TYPE s3)',
    'COMMENT ON TABLE logs IS $$x$$',
    'MERGE INTO logs USING (SELECT 1 AS a) x ON false WHEN MATCHED THEN DELETE',
    "SELECT nextval('numbers')",
    "COPY logs TO '/tmp/lens-attack.csv'",
    "COPY (SELECT 1) TO '/tmp/lens-attack.csv'",
    "COPY logs FROM '/etc/passwd'",
    "EXPORT DATABASE '/tmp/lens-attack'",
    "IMPORT DATABASE '/tmp/lens-attack'",
    "ATTACH '/tmp/lens-attack.db'",
    'DETACH lens',
    'INSTALL httpfs',
    'LOAD httpfs',
    'PRAGMA database_list',
    'PRAGMA enable_profiling',
    'SET threads = 1',
    'SET enable_external_access = true',
    'RESET enable_external_access',
    'SET VARIABLE a = 1',
    'USE memory',
    'CHECKPOINT',
    'VACUUM',
    'ANALYZE',
    'CALL force_checkpoint()',
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'PREPARE p AS SELECT 1',
    'EXECUTE p',
    'SELECT 1; DROP TABLE logs',
    'COMMIT; DROP TABLE logs',
    'EXPLAIN ANALYZE DELETE FROM logs',
    'EXPLAIN SELECT 1; DROP TABLE logs',
    'EXPLAIN (FORMAT json) DELETE FROM logs',
    '/* SELECT */ DROP TABLE logs',
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('/proc/self/environ')",
    "SELECT * FROM read_json('http://127.0.0.1:9/')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    "SELECT * FROM sniff_csv('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "FROM '/etc/passwd'",
    "FROM 'file.parquet'",
    'FROM "/tmp/x.csv"',
    "SELECT getenv('HOME')",
    'SELECT * FROM force_checkpoint()',
    'SELECT * FROM checkpoint()',
    "SELECT * FROM enable_logging('QueryLog', storage = 'file', storage_path = '/tmp/lens-attack')",
    'SELECT (SELECT count(*) FROM enable_logging())',
    'WITH x AS (FROM enable_profiling()) SELECT 1',
    'SELECT * FROM truncate_duckdb_logs()',
    'SELECT * FROM disable_peg_parser()',
    "SELECT * FROM query('SELECT * FROM enable_logging()')",
    "SELECT * FROM query_table('logs')",
    "SELECT * FROM json_execute_serialized_sql(json_serialize_sql('SELECT 1'))",
    'SELECT * FROM duckdb_settings()',
    "SELECT write_log('x')",
    'SELECT sleep_ms(60000)',
    '',
    ';',
    'SELEC 1',
    'SELECT * FROM no_such_table',
    `SELECT 1${' + 1'.repeat(20_000)}`,
    `SELECT ${'(SELECT '.repeat(5000)}1${')'.repeat(5000)}`,
    'SELECT \u0000',
  ];
  for (const sql of attacks) {
    test(`refused: ${sql.slice(0, 80).replace('\u0000', 'NUL')}`, async () => {
      await using queries = await openQueries(database);
      await assert.rejects(queries.run(sql), QueryError);
      const { rows } = await queries.run("SELECT count(*) FROM logs WHERE body = 'body'");
      assert.deepEqual(rows, [[1]]);
    });
  }

  test('after all attacks nothing was left behind', async () => {
    await using queries = await openQueries(database);
    const { rows } = await queries.run('SELECT table_name FROM duckdb_tables() ORDER BY 1');
    assert.deepEqual(rows.flat(), ['logs', 'metrics', 'profiles', 'spans']);
    assert.equal(existsSync('/tmp/lens-attack.csv'), false);
    assert.equal(existsSync('/tmp/lens-attack.db'), false);
    assert.equal(existsSync('/tmp/lens-attack'), false);
  });

  test("an error has DuckDB's words, and shows the place", async () => {
    await using queries = await openQueries(database);
    await assert.rejects(
      queries.run('SELECT 1\nFROM WHERE'),
      /Parser Error: syntax error at or near "WHERE"\n\nLINE 2: FROM WHERE\n {13}\^$/,
    );
    await assert.rejects(
      queries.run('SELECT bodi FROM logs'),
      /Binder Error: .*"bodi" not found.*Candidate bindings: "body"/s,
    );
  });

  test('rows beyond the limit are cut off, and said so', async () => {
    await using queries = await openQueries(database, { maxRows: 100 });
    assert.equal((await queries.run('FROM range(100)')).truncated, false);
    const { rows, truncated } = await queries.run('FROM range(1000000)');
    assert.equal(rows.length, 100);
    assert.equal(truncated, true);
  });

  test('a result of large values is cut off by its size', async () => {
    await using queries = await openQueries(database, { maxBytes: 1_000_000 });
    const { rows, truncated } = await queries.run("SELECT repeat('x', 100000) FROM range(1000)");
    assert.equal(rows.length, 10);
    assert.equal(truncated, true);
  });

  test('a query that takes too long is stopped, and the connection goes on', async () => {
    await using queries = await openQueries(database, { timeoutMs: 200, concurrency: 1 });
    const startedAt = performance.now();
    await assert.rejects(
      queries.run('SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3'),
      /took longer than 0.2 s/,
    );
    assert.ok(performance.now() - startedAt < 5000, 'the query would take days');
    assert.deepEqual((await queries.run('SELECT 1')).rows, [[1]]);
  });

  test('more memory than the limit is an error of the query', async () => {
    await using queries = await openQueries(database);
    await assert.rejects(
      queries.run("SELECT len(list(range || 'some text that does not fit in place')) FROM range(100000000)"),
      /Out of Memory|took longer/,
    );
    assert.deepEqual((await queries.run('SELECT 1')).rows, [[1]]);
  });

  test('queries wait for their turn, and too many are refused', async () => {
    await using queries = await openQueries(database, { concurrency: 1, maxWaiting: 2 });
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => queries.run('SELECT count(*) FROM range(20000000)')),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
    assert.ok((results[3] as PromiseRejectedResult).reason instanceof TooManyQueriesError);
  });

  test('a stop ends what runs and refuses what waits', async () => {
    const queries = await openQueries(database, { concurrency: 1 });
    const forever = 'SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3';
    const results = Promise.allSettled([queries.run(forever), queries.run(forever)]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const startedAt = performance.now();
    await queries[Symbol.asyncDispose]();
    assert.ok(performance.now() - startedAt < 5000, 'the query would take days');
    assert.deepEqual(
      (await results).map(({ status }) => status),
      ['rejected', 'rejected'],
    );
  });
});
