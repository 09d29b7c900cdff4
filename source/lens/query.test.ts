import assert from 'node:assert/strict';
import test, { describe } from 'node:test';
import { useQueries } from '../../tests/support/lens-queries.ts';
import { TooManyQueriesError } from './query.ts';

describe('queries', () => {
  const open = useQueries();

  test('values become JSON', async () => {
    await using queries = await open();
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

  test("an error has DuckDB's message, and shows the position", async () => {
    await using queries = await open();
    await assert.rejects(
      queries.run('SELECT 1\nFROM WHERE'),
      /^QueryError: Parser Error: syntax error at or near "WHERE"\n\nLINE 2: FROM WHERE\n {13}\^$/,
    );
    await assert.rejects(
      queries.run('SELECT bodi FROM logs'),
      /Binder Error: .*"bodi" not found.*Candidate bindings: "body"/s,
    );
  });

  test('rows beyond the limit are cut off, and marked as truncated', async () => {
    await using queries = await open({ maxRows: 100 });
    assert.equal((await queries.run('FROM range(100)')).truncated, false);
    const { rows, truncated } = await queries.run('FROM range(1000000)');
    assert.equal(rows.length, 100);
    assert.equal(truncated, true);
  });

  test('a large result is truncated by its size', async () => {
    await using queries = await open({ maxBytes: 1_000_000 });
    const { rows, truncated } = await queries.run("SELECT repeat('x', 100000) FROM range(1000)");
    assert.equal(rows.length, 10);
    assert.equal(truncated, true);
  });

  test('a single row that exceeds the limit is refused', async () => {
    await using queries = await open({ maxBytes: 1_000_000 });
    const aggregated = "SELECT string_agg(repeat('x', 1000)) FROM range(2000)";
    await assert.rejects(queries.run(aggregated), { name: 'QueryError', message: /^a row has more than 1 MB/ });
  });

  test('a slow query is interrupted, and its connection remains usable', async () => {
    await using queries = await open({ timeoutMs: 200, concurrency: 1 });
    const startedAt = performance.now();
    await assert.rejects(
      queries.run('SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range % 7 = 3'),
      /took longer than 0.2 s/,
    );
    assert.ok(performance.now() - startedAt < 5000, 'the query would take days');
    assert.deepEqual((await queries.run('SELECT 1')).rows, [[1]]);
  });

  test('exceeding the memory limit fails the query', async () => {
    await using queries = await open();
    await assert.rejects(
      queries.run("SELECT len(list(range || 'some text that does not fit in place')) FROM range(100000000)"),
      /Out of Memory|took longer/,
    );
    assert.deepEqual((await queries.run('SELECT 1')).rows, [[1]]);
  });

  test('queries are queued, and rejected if the queue is full', async () => {
    await using queries = await open({ concurrency: 1, maxWaiting: 2 });
    const results = await Promise.allSettled(
      Array.from({ length: 4 }, () => queries.run('SELECT count(*) FROM range(20000000)')),
    );
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'fulfilled', 'rejected'],
    );
    assert.ok((results[3] as PromiseRejectedResult).reason instanceof TooManyQueriesError);
  });

  test('stopping interrupts running queries and rejects queued ones', async () => {
    const queries = await open({ concurrency: 1 });
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
