import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { IN_MEMORY, type Lens, startLens } from '../../lens.ts';
import { createTableSql, TABLE_NAMES } from '../../store/schema.ts';
import type { Sql } from '../lib/sql.ts';
import type { TimeRange } from '../lib/time.ts';
import { EXAMPLES, SCHEMA_QUERY } from './examples.ts';
import { logsQuery, normalLevel, traceLogsQuery, volumeQuery } from './logs.ts';
import { NEWEST_QUERY } from './newest.ts';
import { profileChoicesQuery, stacksQuery } from './profiles.ts';
import { endpointsQuery, errorsQuery, exemplarQuery, latencyQuery, rateQuery, versionsQuery } from './red.ts';
import { profiledSpansQuery, spansQuery, tracesQuery } from './traces.ts';

/** The minute of the rows below. */
const RANGE: TimeRange = { from: new Date('2026-11-21T04:00:00Z'), to: new Date('2026-11-21T04:01:00Z') };
const RANGES: TimeRange[] = [RANGE, { minutes: 5 }, { minutes: 60 }];
/** No user input may break a query. */
const HOSTILE = `x' OR "1"=1; --\n\\'\0 %_ 💥`;

const everyQuery: [string, Sql][] = [
  ...RANGES.flatMap((range): [string, Sql][] =>
    [{}, { service: HOSTILE }, { service: HOSTILE, endpoint: HOSTILE, method: HOSTILE, version: HOSTILE }].flatMap(
      (filter): [string, Sql][] => [
        ...(['spans', 'histogram'] as const).flatMap((source): [string, Sql][] => [
          [`rate from ${source}`, rateQuery(source, filter, range)],
          [`errors from ${source}`, errorsQuery(source, filter, range)],
          [`latency from ${source}`, latencyQuery(source, filter, range)],
        ]),
        ['exemplars', exemplarQuery(filter, range)],
        ['endpoints', endpointsQuery(filter, range)],
        ['versions', versionsQuery(filter, range)],
        ['traces', tracesQuery({ ...filter, name: HOSTILE, status: HOSTILE, text: HOSTILE, minMs: 1.5 }, range)],
        ['newest traces', tracesQuery({}, range)],
        ['logs', logsQuery({ service: HOSTILE, level: HOSTILE, text: HOSTILE, traceId: HOSTILE }, range)],
        ['volume', volumeQuery({}, range)],
        ['profile choices', profileChoicesQuery(range)],
        ['stacks', stacksQuery({ service: HOSTILE, type: 'cpu', spanId: HOSTILE }, range)],
        ['heap stacks', stacksQuery({ service: HOSTILE, type: 'heap' }, range)],
      ],
    ),
  ),
  ['spans of a trace', spansQuery(HOSTILE)],
  ['logs of a trace', traceLogsQuery(HOSTILE)],
  ['profiled spans', profiledSpansQuery(HOSTILE)],
  ['newest', NEWEST_QUERY],
  ['schema', SCHEMA_QUERY],
  ...EXAMPLES.map(({ title, query }): [string, Sql] => [title, query]),
];

describe('the page’s queries', () => {
  let lens: Lens;
  before(async () => {
    lens = await startLens(IN_MEMORY, assert.fail);
  });
  after(() => lens[Symbol.asyncDispose]());

  it('are all valid, whatever the user has typed', async () => {
    for (const [name, { text }] of everyQuery) {
      await assert.doesNotReject(lens.query(text), `${name}:\n${text}`);
    }
  });

  it('list the columns of the four tables', async () => {
    const { rows } = await lens.query(SCHEMA_QUERY.text);
    assert.deepEqual([...new Set(rows.map(([table]) => table))], ['logs', 'metrics', 'profiles', 'spans']);
  });
});

describe('the page’s queries on known rows', () => {
  let db: DuckDBConnection;
  before(async () => {
    db = await (await DuckDBInstance.create(':memory:')).connect();
    for (const name of TABLE_NAMES) await db.run(createTableSql(name));
    const at = (seconds: number) => `TIMESTAMP '2026-11-21 04:00:00' + INTERVAL ${seconds} SECOND`;
    const span = (
      trace: string,
      id: string,
      parent: string | null,
      service: string,
      kind: string,
      seconds: number,
      ms: number,
      status: string,
      { beast = 'unicorn', method = '', version = '' } = {},
    ) =>
      `('${trace}', '${id}', ${parent ? `'${parent}'` : 'NULL'}, '${service}', '${service} ${kind}', '${kind}', ${at(seconds)}, ${ms},
        '${status}', '', '${beast}', nullif('${method}', ''), NULL, NULL, nullif('${version}', ''), '{"peer":"DB-1"}', '{}', '[]', '[]')`;
    await db.run(
      `INSERT INTO spans VALUES ${[
        span('t1', 'a', null, 'requester', 'internal', 1, 20, 'error'),
        span('t1', 'b', 'a', 'server', 'server', 2, 10, 'error', { method: 'POST', version: '2.0.0' }),
        span('t1', 'c', 'a', 'recorder', 'consumer', 3, 1000, 'unset'),
        span('t2', 'd', null, 'requester', 'internal', 11, 30, 'unset', { beast: 'owlbear' }),
        span('t2', 'e', 'd', 'server', 'server', 12, 20, 'unset', {
          beast: 'owlbear',
          method: 'GET',
          version: '1.9.2',
        }),
      ].join(', ')}`,
    );
    const bucket = (
      seconds: number,
      name: string,
      labels: object,
      value: number | null,
      exemplar = 'NULL, NULL, NULL, NULL',
    ) => `(${at(seconds)}, 'server', '${name}', 'histogram', '${JSON.stringify(labels)}', ${value}, ${exemplar})`;
    const ok = { method: 'GET', status: '200', beast: 'owlbear' };
    const bad = { method: 'POST', status: '500', beast: 'unicorn' };
    await db.run(
      `INSERT INTO metrics VALUES ${[
        bucket(0, 'mythical_request_times_count', ok, 100),
        // Rows without a value, as remote write has them, are between two samples.
        bucket(2, 'mythical_request_times_count', ok, null),
        bucket(5, 'mythical_request_times_count', ok, 110),
        // The service restarted: its counter was reset.
        bucket(10, 'mythical_request_times_count', ok, 5),
        bucket(0, 'mythical_request_times_count', bad, 0),
        bucket(5, 'mythical_request_times_count', bad, 10),
        bucket(0, 'mythical_request_times_bucket', { ...ok, le: '10' }, 0),
        bucket(4, 'mythical_request_times_bucket', { ...ok, le: '10' }, null, `'t2', 'e', 8, ${at(4)}`),
        bucket(5, 'mythical_request_times_bucket', { ...ok, le: '10' }, 4),
        bucket(0, 'mythical_request_times_bucket', { ...ok, le: '+Inf' }, 0),
        bucket(5, 'mythical_request_times_bucket', { ...ok, le: '+Inf' }, 6, `'t1', 'b', 80, ${at(3)}`),
      ].join(', ')}`,
    );
    await db.run(`INSERT INTO logs VALUES
      (${at(1)}, 'server', 'info', 't1', 'b', 'Hello World', '{}', 'loki'),
      (${at(2)}, 'server', 'WARNING', 't1', 'b', 'careful', '{}', 'loki'),
      (${at(3)}, 'recorder', 'fatal', NULL, NULL, 'gone', '{}', 'otlp')`);
    await db.run(`INSERT INTO profiles VALUES
      (${at(1)}, 'server', 'cpu', 'nanoseconds', 'p1', E'main\\nwork', 5, 't1', 'b', '{}'),
      (${at(16)}, 'server', 'cpu', 'nanoseconds', 'p2', E'main\\nwork', 7, NULL, NULL, '{}'),
      (${at(16)}, 'server', 'cpu', 'nanoseconds', 'p2', '(idle)', 1000, NULL, NULL, '{}'),
      (${at(1)}, 'server', 'heap', 'bytes', 'h1', 'main', 100, NULL, NULL, '{}'),
      (${at(16)}, 'server', 'heap', 'bytes', 'h2', 'main', 300, NULL, NULL, '{}'),
      (${at(1)}, 'server', 'goroutine', 'count', 'g1', 'main', 7, NULL, NULL, '{}'),
      (${at(16)}, 'server', 'goroutine', 'count', 'g2', 'main', 8, NULL, NULL, '{}')`);
  });
  after(() => db.closeSync());

  const rows = async ({ text }: Sql) => (await db.runAndReadAll(text)).getRowObjectsJson();

  it('find traces by the attributes of one of their spans, newest first', async () => {
    const ids = async (filter: Parameters<typeof tracesQuery>[0]) =>
      (await rows(tracesQuery(filter, RANGE))).map(({ trace_id }) => trace_id);
    assert.deepEqual(await ids({}), ['t2', 't1']);
    assert.deepEqual(await ids({ status: 'error' }), ['t1']);
    assert.deepEqual(await ids({ service: 'server', method: 'GET', version: '1.9.2' }), ['t2']);
    assert.deepEqual(await ids({ service: 'recorder', status: 'error' }), [], 'not of two different spans');
    assert.deepEqual(await ids({ minMs: 2000 }), ['t1']);
    assert.deepEqual(await ids({ text: 'db-1' }), ['t2', 't1']);
    assert.deepEqual(await ids({ text: 'T1' }), ['t1']);
    assert.deepEqual(await ids({ name: 'CONSUMER' }), ['t1']);
  });

  it('return the root, total duration, services and errors of a trace', async () => {
    const [, first] = await rows(tracesQuery({}, RANGE));
    assert.deepEqual(
      [first?.root_service, first?.root_name, first?.method, first?.endpoint, first?.duration_ms],
      ['requester', 'requester internal', 'POST', 'unicorn', 3000],
    );
    assert.deepEqual(first?.services, ['recorder', 'requester', 'server']);
    assert.equal(Number(first?.errors), 2);
  });

  it('count entry spans for the request rate, by step', async () => {
    assert.deepEqual(await rows(rateQuery('spans', { service: 'server' }, RANGE)), [
      { time: '2026-11-21 04:00:00', series: 'unicorn', value: 0.2 },
      { time: '2026-11-21 04:00:10', series: 'owlbear', value: 0.2 },
    ]);
  });

  it("use a counter's increase for its rate, also across resets", async () => {
    assert.deepEqual(await rows(rateQuery('histogram', {}, RANGE)), [
      { time: '2026-11-21 04:00:05', series: 'server', value: 4 },
      { time: '2026-11-21 04:00:10', series: 'server', value: 1 },
    ]);
    assert.deepEqual(
      (await rows(errorsQuery('histogram', {}, RANGE))).map(({ value }) => value),
      [0.5, 0],
    );
  });

  it('keep histogram buckets cumulative', async () => {
    const buckets = await rows(latencyQuery('histogram', {}, RANGE));
    assert.deepEqual(Object.fromEntries(buckets.map(({ le, count }) => [le, count])), { 10: 4, '+Inf': 6 });
  });

  it('return the slowest exemplar of each step', async () => {
    const exemplars = await rows(exemplarQuery({}, RANGE));
    assert.deepEqual(
      exemplars.map(({ trace_id, value, status }) => [trace_id, value, status]),
      [['t1', 80, '200']],
    );
  });

  it('return the error rate by version', async () => {
    assert.deepEqual(
      (await rows(versionsQuery({}, RANGE))).map(({ service, version, errors }) => [service, version, errors]),
      [
        ['server', '1.9.2', 0],
        ['server', '2.0.0', 1],
      ],
    );
  });

  it('list HTTP endpoints first', async () => {
    const endpoints = await rows(endpointsQuery({}, RANGE));
    assert.deepEqual(
      endpoints.map(({ service, method, endpoint }) => `${service} ${method ?? '-'} ${endpoint}`),
      ['server GET owlbear', 'server POST unicorn', 'recorder - unicorn', 'requester - owlbear', 'requester - unicorn'],
    );
  });

  it('normalize levels like the page', async () => {
    const volume = await rows(volumeQuery({}, RANGE));
    assert.deepEqual(volume.map(({ level }) => level).toSorted(), ['error', 'info', 'warn']);
    assert.deepEqual(['info', 'WARNING', 'fatal', null, 'trace'].map(normalLevel), [
      'info',
      'warn',
      'error',
      'info',
      'debug',
    ]);
    assert.equal((await rows(logsQuery({ level: 'error' }, RANGE)))[0]?.body, 'gone');
    assert.equal((await rows(logsQuery({ text: 'hello w' }, RANGE)))[0]?.body, 'Hello World');
    assert.equal((await rows(traceLogsQuery('t1'))).length, 2);
  });

  it('sum profiles over time, but use the latest snapshot', async () => {
    const value = async (type: string) => (await rows(stacksQuery({ service: 'server', type }, RANGE)))[0]?.value;
    assert.equal(await value('cpu'), 12);
    assert.equal(await value('heap'), 300);
    assert.equal(await value('goroutine'), 8);
    const [idle] = await rows(stacksQuery({ service: 'server', type: 'cpu', idle: true }, RANGE));
    assert.deepEqual(idle?.stack, ['(idle)'], 'hidden by default');
    const ofSpan = await rows(stacksQuery({ service: 'server', type: 'cpu', spanId: 'b' }, RANGE));
    assert.deepEqual(ofSpan, [{ stack: ['main', 'work'], value: 5, unit: 'nanoseconds' }]);
    assert.deepEqual(await rows(profiledSpansQuery('t1')), [{ span_id: 'b', type: 'cpu', service: 'server' }]);
  });

  it('of a trace’s spans return a parent before a child that starts at the same time', async () => {
    for (const [id, ms] of Object.entries({ child: 5, parent: 20 }))
      await db.run(`INSERT INTO spans SELECT * REPLACE ('t3' AS trace_id, '${id}' AS span_id, ${ms} AS duration_ms)
        FROM spans WHERE span_id = 'a'`);
    assert.equal((await rows(spansQuery('t3'))).map((span) => span.span_id).join(), 'parent,child');
  });
});
