import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { EXPORT_REQUESTS } from '@mythical/common/otlp';
import { encodeMessage } from '@mythical/common/proto';
import { createSelfMetrics } from '../self-metrics.ts';
import { storeOtlpProtobuf } from './otlp.ts';
import { decodeProtobuf } from './otlp-messages.ts';
import { partsOf } from './otlp-parts.ts';
import { spanRows } from './otlp-traces.ts';

/** @param spans how many, by service and scope */
function request(spans: Record<string, number[]>): Buffer {
  const span = (index: number) => ({
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: `span ${index}`,
    startTimeUnixNano: 1_700_000_000_000_000,
    attributes: [{ key: 'text', value: { stringValue: 'x'.repeat(500) } }],
  });
  return encodeMessage(EXPORT_REQUESTS.traces, {
    resourceSpans: Object.entries(spans).map(([service, scopes]) => ({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: scopes.map((count) => ({ spans: Array.from({ length: count }, (_, index) => span(index)) })),
    })),
  });
}

const rowsOf = (body: Uint8Array) => spanRows(decodeProtobuf('traces', body)).rows;

test('a large request gives the same rows in parts, in the same order', () => {
  const body = request({ one: [1000, 0, 3], two: [], three: [200] });
  const parts = [...partsOf(body)].map(rowsOf);
  assert.ok(parts.length > 1);
  assert.ok(parts.every(({ length }) => length <= 128));
  assert.deepEqual(parts.flat(), rowsOf(body));
});

test('a small request stays as it is', () => {
  const body = request({ one: [10, 5] });
  const parts = [...partsOf(body)];
  assert.equal(parts.length, 1);
  assert.equal(parts[0], body);
});

test('a large request is stored at once, and other work gets its turn meanwhile', async () => {
  const appended: number[] = [];
  const store = {
    append: (_table: string, rows: readonly unknown[]) => {
      appended.push(rows.length);
      return true;
    },
  };
  let turns = 0;
  const counting = setInterval(() => {
    turns += 1;
  }, 1);
  const metrics = createSelfMetrics();
  const result = await storeOtlpProtobuf({ store, metrics }, 'traces', request({ one: [20_000] }));
  clearInterval(counting);
  assert.deepEqual(appended, [20_000]);
  assert.deepEqual(result, { rejected: 0, errorMessage: '' });
  assert.ok(turns > 0);
});

test('nothing of a large request is stored if one of its spans is invalid', async () => {
  const body = request({ one: [1000] });
  // The tag of the last span's first field becomes an invalid wire type.
  body[body.lastIndexOf(Buffer.from([0x0a, 16]))] = 0x0f;
  const store = { append: () => assert.fail('stored') };
  await assert.rejects(storeOtlpProtobuf({ store, metrics: createSelfMetrics() }, 'traces', body), /OTLP protobuf/);
});
