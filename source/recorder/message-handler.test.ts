import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestTelemetry } from '../../tests/support/telemetry.ts';
import { createMessageHandler } from './message-handler.ts';

describe('the recording delay', () => {
  const telemetry = createTestTelemetry();
  let isNew = true;
  const handle = createMessageHandler({ add: async () => isNew }, telemetry, { workTime: () => 0 });
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString();
  const record = (body: Record<string, unknown>) =>
    handle({ id: '1', body: { kind: 'owlbear', action: 'GET', ...body }, attempt: 1 });

  async function series(name: string): Promise<number | undefined> {
    const text = await telemetry.metrics.registry.metrics();
    const value = text.split('\n').find((line) => line.startsWith(`mythical_recording_delay_seconds_${name}`));
    return value === undefined ? undefined : Number(value.split(' ')[1]);
  }

  test("is in seconds, with the objective's buckets", async () => {
    await record({ at: at(3) });
    await record({ at: at(30) });
    assert.equal(await series('count{beast="owlbear"}'), 2);
    assert.equal(await series('bucket{le="5",beast="owlbear"}'), 1);
    assert.equal(await series('bucket{le="10",beast="owlbear"}'), 1);
    assert.equal(await series('bucket{le="60",beast="owlbear"}'), 2);
    const sum = (await series('sum{beast="owlbear"}'))!;
    assert.ok(sum >= 33 && sum < 34, String(sum));
  });

  test("isn't negative if clocks differ", async () => {
    await record({ at: at(-5) });
    assert.equal(await series('bucket{le="0.1",beast="owlbear"}'), 1);
  });

  test('ignores redeliveries and messages without a time', async () => {
    const before = await series('count{beast="owlbear"}');
    isNew = false;
    await record({ at: at(3) });
    isNew = true;
    await record({});
    assert.equal(await series('count{beast="owlbear"}'), before);
    await assert.rejects(record({ at: 'yesterday' }), /ISO/);
  });
});

test("text that Postgres can't store is rejected early", async () => {
  const added: unknown[] = [];
  const add = async (record: unknown) => added.push(record) > 0;
  const handle = createMessageHandler({ add }, createTestTelemetry(), { workTime: () => 0 });
  for (const text of ['a\u0000b', 'a\nb', 'cut \ud83d']) {
    const body = { kind: 'owlbear', action: 'GET' };
    await assert.rejects(handle({ id: '1', body: { ...body, action: text }, attempt: 1 }), /control characters/);
    await assert.rejects(handle({ id: text, body, attempt: 1 }), /control characters/);
  }
  assert.deepEqual(added, []);
});
