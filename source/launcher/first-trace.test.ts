import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { send } from '../../tests/support/api.ts';
import { keyValues, nanoseconds, randomId, span, spansOf } from '../../tests/support/otlp.ts';
import { useStarted } from '../../tests/support/use-started.ts';
import { IN_MEMORY, startLens } from '../lens/lens.ts';
import { firstFullTrace } from './first-trace.ts';

describe('the first full trace', () => {
  const lens = useStarted(() => startLens(IN_MEMORY, assert.fail));

  /** Sends one span to lens in OTLP/JSON. */
  async function sendSpan(traceId: string, service: string, { database = false, ageMs = 0 } = {}): Promise<void> {
    const time = nanoseconds(Date.now() - ageMs);
    const work = span('work', {
      traceId,
      startTimeUnixNano: time,
      endTimeUnixNano: time,
      attributes: keyValues(database ? { 'db.system.name': 'postgresql' } : {}),
    });
    const response = await send('POST', `${lens.otlpHttpUrl}/v1/traces`, spansOf(service, [work]));
    assert.equal(response.status, 200);
  }

  async function sendTrace({ database = true, ageMs = 0 } = {}): Promise<string> {
    const id = randomId(16);
    await sendSpan(id, 'mythical-requester', { ageMs });
    await sendSpan(id, 'mythical-server', { database, ageMs });
    await sendSpan(id, 'mythical-recorder', { ageMs });
    return id;
  }

  test('has all three services and the database, and is from this run', async () => {
    const incomplete = randomId(16);
    await sendSpan(incomplete, 'mythical-requester');
    await sendSpan(incomplete, 'mythical-server', { database: true });
    await sendTrace({ database: false });
    await sendTrace({ ageMs: 600_000 });
    assert.equal(await firstFullTrace(lens.url, 300), undefined);

    const found = firstFullTrace(lens.url, 10_000);
    const id = await sendTrace();
    assert.equal((await found)?.id, id);
  });

  test("is not awaited if lens doesn't respond", async () => {
    await assert.rejects(firstFullTrace('http://127.0.0.1:1', 300));
  });
});
