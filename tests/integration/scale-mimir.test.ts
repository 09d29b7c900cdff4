import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { realProgram } from '../support/real-program.ts';
import { startRemoteWriter } from '../support/remote-writer.ts';
import { startScaledMimir } from '../support/scaled-mimir.ts';
import { until } from '../support/until.ts';

// Three real Mimirs behind a real nginx, on real object storage: one is killed during writes and queries.

const [mimir, nginx, versitygw] = [
  await realProgram('mimir'),
  await realProgram('nginx'),
  await realProgram('versitygw'),
];
const skip = mimir.skip || nginx.skip || versitygw.skip;
const SERIES = 200;

test('one of three Mimirs is killed and restarted: no sample is lost, no query has a gap', {
  skip,
  timeout: 300_000,
}, async (t) => {
  await using scaled = await startScaledMimir({ mimir: mimir.path!, nginx: nginx.path!, versitygw: versitygw.path! });
  const writer = startRemoteWriter(`${scaled.url}/api/v1/push`, {
    name: 'scale_test',
    series: SERIES,
    intervalMs: 100,
  });
  await until(async () => (await ask(scaled.url, 'count(scale_test)')) === SERIES, { timeoutMs: 60_000 });

  const answers: number[] = [];
  const asking = new AbortController();
  const asked = (async () => {
    while (!asking.signal.aborted) {
      answers.push(await ask(scaled.url, 'count(scale_test)'));
      await sleep(200);
    }
  })();
  await sleep(5_000);
  await scaled.kill(1);
  const [killed, retries] = [writer.samples, writer.retries.length];
  await sleep(15_000);
  const without = writer.samples - killed;
  await scaled.start(1);
  await sleep(10_000);
  await writer.stop();
  asking.abort();
  await asked;

  t.diagnostic(
    `${writer.samples} samples, ${without} of them with one Mimir killed; ${writer.retries.length} requests resent, ` +
      `${writer.retries.length - retries} of them after it was killed; ${answers.length} queries`,
  );
  assert.ok(without > 10 * SERIES, `${without} samples with one killed`);
  assert.deepEqual([...new Set(answers)], [SERIES], 'a gap in the queries');
  const count = 'sum(count_over_time(scale_test[10m]))';
  assert.equal(await ask(scaled.url, count), writer.samples);

  // In-memory data goes to the object storage, three times the same, and is complete.
  for (const url of scaled.urls) await fetch(`${url}/ingester/flush?wait=true`, { method: 'POST' });
  assert.ok((await scaled.storedFiles()) > 0);
  assert.equal(await ask(scaled.url, count), writer.samples);
});

/** The single value of a query, or 0 if it has none. */
async function ask(url: string, query: string): Promise<number> {
  const response = await fetch(`${url}/prometheus/api/v1/query?${new URLSearchParams({ query })}`);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const { data } = (await response.json()) as { data: { result: { value: [number, string] }[] } };
  return Number(data.result[0]?.value[1] ?? 0);
}
