import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TRACE } from './examples.ts';
import { spansOf } from './samples.ts';

describe("Tempo's traces", () => {
  const trace = (ids: { traceId: string; root: string; child: string }) => [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'mythical-requester' } }] },
      scopeSpans: [
        {
          spans: [
            {
              traceId: ids.traceId,
              spanId: ids.child,
              parentSpanId: ids.root,
              name: 'POST',
              startTimeUnixNano: '1795247738042000000',
              endTimeUnixNano: '1795247738047500039',
              attributes: [
                { key: 'http.status_code', value: { intValue: '201' } },
                { key: 'ok', value: { boolValue: false } },
              ],
            },
            {
              traceId: ids.traceId,
              spanId: ids.root,
              name: 'request manticore',
              startTimeUnixNano: '1795247738040000000',
              endTimeUnixNano: '1795247738049102781',
            },
          ],
        },
      ],
    },
  ];
  const base64 = { traceId: 'UfVIgAfEKJLaJMcYYi87fw==', root: 'DvxMzR8Dup8=', child: 'AWrspZ8QXWw=' };
  const hex = { traceId: TRACE, root: '0efc4ccd1f03ba9f', child: '016aeca59f105d6c' };

  for (const [what, answer] of [
    ['of version 2', { trace: { resourceSpans: trace(base64) } }],
    ['of version 1', { batches: trace(base64) }],
    ['with hexadecimal ids', { batches: trace(hex) }],
  ] as const) {
    test(`${what} become rows`, () => {
      const [child, root] = spansOf(answer);
      assert.equal(child?.traceID, TRACE);
      assert.equal(child.spanID, '016aeca59f105d6c');
      assert.equal(child.serviceName, 'mythical-requester');
      // Nanoseconds don't fit exactly into a number; Grafana rounds in the same way.
      assert.ok(Math.abs(child.startTime - 1795247738042) < 0.001);
      assert.equal(child.duration, 5.500039);
      assert.deepEqual(child.tags, [
        { key: 'http.status_code', value: 201 },
        { key: 'ok', value: false },
      ]);
      assert.equal(child.trace.traceId, TRACE);
      assert.equal(child.trace.name, 'request manticore');
      assert.equal(root?.spanID, '0efc4ccd1f03ba9f');
    });
  }

  test('empty results have no rows', () => {
    assert.deepEqual(spansOf({}), []);
  });
});
