import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildGraph } from '../alloy/graph.ts';
import { LESSONS } from '../lessons/all.ts';
import { textOf } from '../lessons/files.ts';
import { patienceOf } from './patience.ts';
import { checkResult, newContext } from './result.ts';
import { stackOf } from './stack.ts';

const patience = (text: string) => patienceOf(buildGraph({ file: 'c', text }));

test('a configuration that delays data needs patience', () => {
  const scrape = (interval: string) => `prometheus.scrape "a" {\n${interval}\n}\n`;
  assert.ok(patience(scrape('scrape_interval = "5s"')) < 12);
  assert.ok(patience(scrape('scrape_interval = "1m"')) > 60);
  assert.ok(patience(scrape('')) > 60, 'the default is a minute');
  assert.ok(patience('otelcol.processor.tail_sampling "a" {\ndecision_wait = "20s"\n}\n') > 20);
  const profiles = (attributes: string) => patience(`pyroscope.scrape "a" {\n${attributes}\n}\n`);
  assert.ok(profiles('') > 45, 'measured with the defaults: 33 to 35 s, without the CPU');
  assert.ok(profiles('scrape_interval = "5s"\ndelta_profiling_duration = "4s"') < 25);
  assert.equal(patience(scrape('scrape_interval = local.file.x.content')), Number.POSITIVE_INFINITY);
});

test('data that has not arrived yet is not reported as lost', async (t) => {
  t.mock.method(globalThis, 'fetch', async () => Response.json({ data: { result: [] } }));
  const check = { id: 'it', type: 'series', query: 'up' } as const;
  const run = (patience: number) => checkResult(check, { ...newContext(stackOf({}), 0.2, 'f'), patience });
  assert.deepEqual([(await run(0.1)).verdict, (await run(0.1)).code], ['failed', 'not-arrived']);
  assert.deepEqual([(await run(60)).verdict, (await run(60)).code], ['unknown', 'not-yet']);
});

test('the checker waits long enough for all solutions, except the one for profiles', () => {
  const slow = LESSONS.filter(
    ({ file, name }) =>
      file === 'config.alloy' && patience(textOf(LESSONS.find((lesson) => lesson.name === name)!, 'solution')) > 19,
  );
  assert.deepEqual(
    slow.map(({ name }) => name),
    ['8'],
  );
});
