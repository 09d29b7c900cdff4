import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { getJson } from '../../grafana/model/http.ts';
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
/** 10 samples a second of each; npm run test:sizes uses more. */
const SERIES = Number(process.env.SCALE_SERIES ?? 200);
/** Senders write at the same time, as the shards of a Prometheus do. */
const WRITERS = 4;

test('one of three Mimirs is killed and restarted: no sample is lost, no query has a gap', {
  skip,
  timeout: 300_000,
}, async (t) => {
  await using scaled = await startScaledMimir({ mimir: mimir.path!, nginx: nginx.path!, versitygw: versitygw.path! });
  const series = SERIES / WRITERS;
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    startRemoteWriter(`${scaled.url}/api/v1/push`, {
      name: 'scale_test',
      series,
      first: index * series,
      intervalMs: 100,
    }),
  );
  const written = () => writers.reduce((sum, { samples }) => sum + samples, 0);
  const resent = () => writers.flatMap(({ retries }) => retries);
  await until(async () => (await ask(scaled.url, 'count(scale_test)')) === SERIES);

  const counts = new Set<number>();
  /** Whatever was accepted before a query must be in its result. */
  const stale: { accepted: number; seen: number }[] = [];
  const queriesMs: number[] = [];
  const asking = new AbortController();
  const asked = (async () => {
    while (!asking.signal.aborted) {
      const start = performance.now();
      counts.add(await ask(scaled.url, 'count(scale_test)'));
      queriesMs.push(performance.now() - start);
      const accepted = Math.min(...writers.map(({ newest }) => newest));
      const seen = Math.round((await ask(scaled.url, 'min(timestamp(scale_test))')) * 1000);
      if (seen < accepted) stale.push({ accepted, seen });
      await sleep(200);
    }
  })();
  await sleep(5_000);
  const killedAt = Date.now();
  const [killed, retries] = [written(), resent().length];
  await scaled.kill(1);
  await sleep(15_000);
  const without = written() - killed;
  await scaled.start(1);
  const outageMs = Date.now() - killedAt;
  await sleep(10_000);
  const ended = Date.now();
  const rate = (written() - killed) / ((ended - killedAt) / 1000);
  await Promise.all(writers.map((writer) => writer.stop()));
  asking.abort();
  await asked;

  t.diagnostic(
    `${SERIES} series, ${Math.round(rate)} samples per second; one Mimir away for ${(outageMs / 1000).toFixed(1)} s; ` +
      `${written()} samples written, ${without} of them with one Mimir killed; ${resent().length} requests ` +
      `resent, ${resent().length - retries} of them after it was killed; ${queriesMs.length} queries, the slowest ` +
      `${Math.round(Math.max(...queriesMs))} ms`,
  );
  assert.ok(without > 10 * SERIES, `${without} samples with one killed`);
  assert.deepEqual([...counts], [SERIES], 'a gap in the queries');
  assert.deepEqual(stale, [], 'samples missing in the queries');
  const count = 'sum(count_over_time(scale_test[10m]))';
  assert.equal(await ask(scaled.url, count), written());

  // In-memory data goes to the object storage, three times the same, and is complete.
  for (const url of scaled.urls) await fetch(`${url}/ingester/flush?wait=true`, { method: 'POST' });
  assert.ok((await scaled.storedBlocks()) >= 3);
  assert.equal(await ask(scaled.url, count), written());
});

/** The single value of a query, or 0 if it has none. */
async function ask(url: string, query: string): Promise<number> {
  type Answer = { data: { result: { value: [number, string] }[] } };
  const { data } = await getJson<Answer>(`${url}/prometheus/api/v1/query`, { query });
  return Number(data.result[0]?.value[1] ?? 0);
}
