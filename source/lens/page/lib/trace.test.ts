import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { axisTicks, layoutWaterfall, type Span, visibleRows, zoomBar } from './trace.ts';

const span = (id: string, parent: string | null, startMs: number, duration_ms: number, more = {}): Span => ({
  trace_id: 't',
  span_id: id,
  parent_span_id: parent,
  service: 'mythical-server',
  name: id,
  kind: 'internal',
  start_time: new Date(startMs).toISOString(),
  startMs,
  duration_ms,
  status: 'unset',
  status_message: '',
  attributes: {},
  resource: {},
  events: [],
  links: [],
  ...more,
});

const drawn = (spans: Span[]) => layoutWaterfall(spans).rows.map((row) => `${'.'.repeat(row.depth)}${row.span.name}`);

describe('layoutWaterfall', () => {
  it('puts children below their parent, by start time, whatever the order of arrival', () => {
    const spans = [span('d', 'b', 3, 1), span('c', 'a', 6, 1), span('b', 'a', 1, 4), span('a', null, 0, 10)];
    assert.deepEqual(drawn(spans), ['a', '.b', '..d', '.c']);
  });

  it('draws bars relative to the whole trace, including spans that outlast the root', () => {
    const { rows, durationMs } = layoutWaterfall([span('a', null, 100, 50), span('b', 'a', 150, 50)]);
    assert.equal(durationMs, 100);
    assert.deepEqual(
      rows.map(({ bar }) => bar),
      [
        { left: 0, width: 0.5 },
        { left: 0.5, width: 0.5 },
      ],
    );
  });

  it('shows the time in the queue between the end of the producer and the start of its consumer', () => {
    const spans = [
      span('send', null, 0, 10, { kind: 'producer' }),
      span('receive', 'send', 60, 40, { kind: 'consumer' }),
      span('other', 'send', 60, 40, { kind: 'internal' }),
    ];
    const [, receive, other] = layoutWaterfall(spans).rows;
    assert.deepEqual(receive?.queue, { left: 0.1, width: 0.5, ms: 50 });
    assert.equal(other?.queue, undefined);
  });

  it('keeps spans with a missing parent, and marks them', () => {
    const { rows, root } = layoutWaterfall([span('b', 'lost', 0, 1), span('a', null, 5, 1)]);
    assert.deepEqual(
      rows.map(({ span, orphan }) => [span.name, orphan]),
      [
        ['b', true],
        ['a', false],
      ],
    );
    assert.equal(root?.name, 'a');
  });

  it('handles cycles without losing spans', () => {
    assert.deepEqual(drawn([span('a', 'b', 0, 1), span('b', 'a', 1, 1), span('c', 'c', 2, 1)]).toSorted(), [
      '.b',
      'a',
      'c',
    ]);
  });

  it('shows duplicate spans once', () => {
    assert.deepEqual(drawn([span('a', null, 0, 1), span('a', null, 0, 1)]), ['a']);
  });

  it('handles a trace without spans, without duration, and a very deep one', () => {
    assert.deepEqual(layoutWaterfall([]).rows, []);
    assert.deepEqual(layoutWaterfall([span('a', null, 5, 0)]).rows[0]?.bar, { left: 0, width: 1 });
    const deep = Array.from({ length: 20_000 }, (_, i) => span(`${i}`, i === 0 ? null : `${i - 1}`, i, 1));
    assert.equal(layoutWaterfall(deep).rows.at(-1)?.depth, 19_999);
  });

  it('counts errors and names the services in order of appearance', () => {
    const { errors, services } = layoutWaterfall([
      span('a', null, 0, 9, { service: 'requester' }),
      span('b', 'a', 1, 1, { service: 'server', status: 'error' }),
      span('c', 'a', 2, 1, { service: 'requester' }),
    ]);
    assert.equal(errors, 1);
    assert.deepEqual(services, ['requester', 'server']);
  });
});

describe('zoomBar', () => {
  const part = { left: 0.5, width: 0.25 };

  it('stretches visible bars and cuts off the rest', () => {
    assert.deepEqual(zoomBar({ left: 0.5, width: 0.125 }, part), { left: 0, width: 0.5 });
    assert.deepEqual(zoomBar({ left: 0, width: 1 }, part), { left: 0, width: 1 });
    assert.deepEqual(zoomBar({ left: 0.625, width: 1 }, part), { left: 0.5, width: 0.5 });
  });

  it('omits bars outside of the section', () => {
    assert.equal(zoomBar({ left: 0.1, width: 0.2 }, part), undefined);
    assert.equal(zoomBar({ left: 0.9, width: 0.1 }, part), undefined);
  });
});

describe('visibleRows', () => {
  it('hides all descendants of a collapsed row', () => {
    const { rows } = layoutWaterfall([
      span('a', null, 0, 9),
      span('b', 'a', 1, 5),
      span('c', 'b', 2, 1),
      span('d', 'a', 7, 1),
    ]);
    const visible = (...collapsed: string[]) => visibleRows(rows, new Set(collapsed)).map(({ span }) => span.span_id);
    assert.deepEqual(visible(), ['a', 'b', 'c', 'd']);
    assert.deepEqual(visible('b'), ['a', 'b', 'd']);
    assert.deepEqual(visible('a'), ['a']);
  });
});

describe('axisTicks', () => {
  it('are round and within the trace', () => {
    assert.deepEqual(axisTicks(100, 5), [0, 20, 40, 60, 80, 100]);
    assert.deepEqual(axisTicks(130, 5), [0, 50, 100]);
    assert.deepEqual(axisTicks(0, 5), [0]);
  });
});
