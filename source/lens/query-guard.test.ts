import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import test, { describe } from 'node:test';
import { useQueries } from '../../tests/support/lens-queries.ts';
import { QueryError } from './query-guard.ts';

describe('the query guard', () => {
  const open = useQueries();

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
    test(`allows ${sql.replaceAll('\n', ' ')}`, async () => {
      await using queries = await open();
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
    test(`rejects ${sql.slice(0, 80).replace('\u0000', 'NUL')}`, async () => {
      await using queries = await open();
      await assert.rejects(queries.run(sql), QueryError);
      const { rows } = await queries.run("SELECT count(*) FROM logs WHERE body = 'body'");
      assert.deepEqual(rows, [[1]]);
    });
  }

  test('the attacks left nothing behind', async () => {
    await using queries = await open();
    const { rows } = await queries.run('SELECT table_name FROM duckdb_tables() ORDER BY 1');
    assert.deepEqual(rows.flat(), ['logs', 'metrics', 'profiles', 'spans']);
    assert.equal(existsSync('/tmp/lens-attack.csv'), false);
    assert.equal(existsSync('/tmp/lens-attack.db'), false);
    assert.equal(existsSync('/tmp/lens-attack'), false);
  });
});
