import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detailOf, useLens } from '../../../tests/support/lens.ts';
import { MAX_FARO_BYTES } from './faro-payload.ts';

const ORIGIN = 'http://localhost:3001';
const TRACE = 'a1'.repeat(16);
const SPAN = 'b2'.repeat(8);
const trace = { trace_id: TRACE, span_id: SPAN };
const timestamp = '2026-11-21T08:00:00.123Z';
const meta = {
  sdk: { name: 'faro-core', version: '2.10.0', integrations: [{ name: 'x', version: '1' }] },
  app: { name: 'mythical-frontend', namespace: 'production', version: '1.0.0', environment: 'production' },
  session: { id: 'Yz3', attributes: { previousSession: 'Yz2' } },
  page: { id: 'p1', url: 'http://localhost:3001/?a=1' },
  browser: { name: 'Chrome', version: '140', os: 'Linux', mobile: false, userAgent: 'Mozilla/5.0 (X11)' },
  view: { name: 'beasts' },
};

describe('Faro from browsers', () => {
  const lens = useLens({ faroOrigins: [ORIGIN] });

  const collect = (payload: unknown, headers: Record<string, string> = {}) =>
    fetch(`${lens.url}/collect`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN, ...headers },
      body: typeof payload === 'string' ? payload : JSON.stringify(payload),
    });

  const { rows } = lens;

  test('an exception becomes an error line with its stack, trace, session and page', async () => {
    const frames = [
      { function: 'addBeast', filename: 'http://localhost:3001/assets/a.js', lineno: 3, colno: 14 },
      { function: 'onClick', filename: 'http://localhost:3001/assets/a.js', lineno: 1, colno: 2 },
    ];
    const exception = { type: 'TypeError', value: 'x is no "beast"', timestamp, trace, stacktrace: { frames } };
    const response = await collect({ meta, exceptions: [{ ...exception, context: { kind: 'unicorn' } }] });
    assert.equal(response.status, 202);
    const [row] = await rows(`FROM logs WHERE body LIKE '%kind=exception%'`);
    assert.deepEqual(
      [row?.time, row?.service, row?.level, row?.trace_id, row?.span_id, row?.source],
      ['2026-11-21T08:00:00.123Z', 'mythical-frontend', 'error', TRACE, SPAN, 'faro'],
    );
    const line = String(row?.body);
    for (const part of [
      'type=TypeError value="x is no \\"beast\\""',
      'at addBeast (http://localhost:3001/assets/a.js:3:14)\\n  at onClick (',
      'context_kind=unicorn',
      `traceID=${TRACE} spanID=${SPAN}`,
      'session_id=Yz3',
      'session_attr_previousSession=Yz2',
      'page_url="http://localhost:3001/?a=1"',
      'app_name=mythical-frontend',
      'browser_mobile=false',
      'view_name=beasts',
    ])
      assert.ok(line.includes(part), `${part} in ${line}`);
  });

  test('web vitals become metrics, and log lines as in Loki', async () => {
    const values = { lcp: 123.5, element_render_delay: 4 };
    const context = { rating: 'good', navigation_entry_id: 'n' };
    await collect({ meta, measurements: [{ type: 'web-vitals', values, timestamp, trace, context }] });
    await collect({ meta, measurements: [{ type: 'own timing', values: { a: 1, 'b.c': 2 }, timestamp }] });
    const sampled = await rows(`
      SELECT name, type, value, labels->>'rating' AS rating, labels->>'page' AS page, exemplar_trace_id AS trace
      FROM metrics WHERE service = 'mythical-frontend' ORDER BY name`);
    assert.deepEqual(sampled, [
      { name: 'faro_own_timing_a', type: 'gauge', value: 1, rating: null, page: '/', trace: null },
      { name: 'faro_own_timing_b_c', type: 'gauge', value: 2, rating: null, page: '/', trace: null },
      { name: 'faro_web_vitals_lcp', type: 'gauge', value: 123.5, rating: 'good', page: '/', trace: TRACE },
    ]);
    const [line] = await rows(`SELECT body FROM logs WHERE body LIKE '%kind=measurement type=web-vitals%'`);
    assert.match(String(line?.body), /type=web-vitals lcp=123.5 element_render_delay=4 context_rating=good/);
  });

  test('logs and events become log lines', async () => {
    await collect({
      meta,
      logs: [{ message: 'careful, now', level: 'warn', timestamp, context: { a: 1 } }],
      events: [{ name: 'beast_added', domain: 'browser', timestamp, attributes: { kind: 'unicorn', 'odd key=': {} } }],
    });
    const [log, event] = await rows(
      `SELECT level, body FROM logs WHERE body LIKE '%kind=log%' OR body LIKE '%kind=event%' ORDER BY body`,
    );
    assert.match(String(event?.body), /kind=log message="careful, now" level=warn context_a=1/);
    assert.equal(event?.level, 'warn');
    assert.match(
      String(log?.body),
      /event_name=beast_added event_domain=browser event_data_kind=unicorn event_data_odd_key_=\{\}/,
    );
  });

  test('spans are stored', async () => {
    const span = {
      traceId: TRACE,
      spanId: SPAN,
      name: 'add unicorn',
      kind: 1,
      startTimeUnixNano: '1763712000000000000',
      endTimeUnixNano: '1763712000050000000',
      attributes: [{ key: 'beast', value: { stringValue: 'unicorn' } }],
    };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'mythical-frontend' } }] };
    const traces = { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
    const response = await collect({ meta, traces });
    assert.equal(response.status, 202);
    const stored = await lens.lens.query('SELECT trace_id, service, name, kind, duration_ms, beast FROM spans');
    assert.deepEqual(stored.rows, [[TRACE, 'mythical-frontend', 'add unicorn', 'internal', 50, 'unicorn']]);
  });

  test('the summary counts all items', async () => {
    const { services } = await lens.lens.summary();
    assert.deepEqual(services, [{ name: 'mythical-frontend', spans: 1, logs: 5, metricSamples: 3, profiles: 0 }]);
  });

  test('rejects invalid payloads with a reason', async () => {
    for (const [payload, detail] of [
      ['{', /not valid JSON/],
      ['null', /not a Faro payload/],
      [{ resourceSpans: [] }, /expected meta, not resourceSpans/],
      [{ meta: { app: { name: 5 } } }, /meta\.app\.name/],
      [{ meta, events: [{ name: 'x', timestamp: 'yesterday' }] }, /events\[0\]\.timestamp/],
      [{ meta, measurements: [{ type: 'x', values: { a: 'b' }, timestamp }] }, /values\.a/],
      [{ meta, traces: { resourceSpans: 5 } }, /OTLP JSON/],
      [{ meta, events: Array(1001).fill({ name: 'x', timestamp }) }, /1000/],
      [{ meta: { ...meta, view: { name: 'x'.repeat(16_000) } } }, /16000 characters/],
    ] as const) {
      const response = await collect(payload);
      assert.equal(response.status, 400, JSON.stringify(payload).slice(0, 100));
      assert.match(await detailOf(response), detail);
    }
    assert.equal((await collect(' '.repeat(MAX_FARO_BYTES + 1))).status, 413);
    assert.equal((await collect({ meta }, { 'content-type': 'text/plain' })).status, 415);
    assert.equal((await lens.lens.summary()).logs, 5);
  });

  const item = { timestamp };
  for (const [what, payload, part] of [
    ['a measured value', { measurements: [{ ...item, type: 'n1', values: { a: 1, b: null } }] }, 'type=n1 a=1'],
    ['all values', { measurements: [{ ...item, type: 'n2', values: null }] }, 'type=n2'],
    ['a measurement', { measurements: [null, { ...item, type: 'n3', values: {} }] }, 'type=n3'],
    [
      'fields of a stack frame',
      {
        exceptions: [
          {
            ...item,
            type: 'n4',
            value: 'x',
            stacktrace: { frames: [null, { function: null, filename: 'f', lineno: null }] },
          },
        ],
      },
      'n4: x\\n  at  (f:0:0)"',
    ],
    ['frames', { exceptions: [{ ...item, type: 'n5', value: null, stacktrace: { frames: null } }] }, 'type=n5'],
    ['a stack', { exceptions: [{ ...item, type: 'n6', value: 'x', stacktrace: null }] }, 'type=n6'],
    ['a context value', { logs: [{ ...item, message: 'n7', context: { a: 'b', c: null } }] }, 'message=n7 context_a=b'],
    ['a context', { logs: [{ ...item, message: 'n8', context: null, level: null }] }, 'message=n8'],
    ['a trace', { logs: [{ ...item, message: 'n9', trace: null }] }, 'message=n9'],
    ['trace ids', { logs: [{ ...item, message: 'n10', trace: { trace_id: null, span_id: null } }] }, 'message=n10'],
    ['a time', { logs: [{ timestamp: null, message: 'n11' }] }, 'message=n11'],
    ['other lists', { logs: [{ ...item, message: 'n12' }], events: null, measurements: null }, 'message=n12'],
    ['traces', { logs: [{ ...item, message: 'n13' }], traces: null }, 'message=n13'],
    ['resource spans', { logs: [{ ...item, message: 'n14' }], traces: { resourceSpans: [null] } }, 'message=n14'],
    [
      'a name and attributes',
      { events: [{ ...item, name: null, domain: 'n15', attributes: null }] },
      'event_domain=n15',
    ],
    [
      'metadata',
      { logs: [{ ...item, message: 'n16' }], meta: { app: { name: 'a', version: null }, view: null } },
      'message=n16',
    ],
    ['meta', { logs: [{ ...item, message: 'n17' }], meta: null }, 'message=n17'],
  ] as const) {
    test(`null for ${what} counts as absent, as in Alloy`, async () => {
      const response = await collect({ meta, ...payload });
      assert.equal(response.status, 202, await response.text());
      const found = await rows(
        `SELECT body FROM logs WHERE body LIKE '%${/n\d+/.exec(part)![0]}%' AND body LIKE '%kind=%'`,
      );
      assert.equal(found.length, 1);
      assert.ok(String(found[0]!.body).includes(part), String(found[0]!.body));
      assert.doesNotMatch(String(found[0]!.body), /null/);
    });
  }

  test('an app without a name is unknown_service', async () => {
    assert.equal((await collect({ logs: [{ message: 'nameless', timestamp }] })).status, 202);
    assert.equal((await rows(`SELECT service FROM logs WHERE body LIKE '%nameless%'`))[0]?.service, 'unknown_service');
  });

  test('invalid trace ids are dropped', async () => {
    const wrong = { trace_id: 'not an id', span_id: '' };
    assert.equal((await collect({ meta, events: [{ name: 'lost', timestamp, trace: wrong }] })).status, 202);
    const [row] = await rows(`SELECT trace_id, span_id FROM logs WHERE body LIKE '%event_name=lost%'`);
    assert.deepEqual(row, { trace_id: null, span_id: null });
  });

  test('only pages of allowed origins may send, with the headers that Alloy allows', async () => {
    const ask = (origin: string) =>
      fetch(`${lens.url}/collect`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
      });
    const allowed = await ask(ORIGIN);
    assert.equal(allowed.status, 204);
    assert.equal(allowed.headers.get('access-control-allow-origin'), ORIGIN);
    assert.match(allowed.headers.get('access-control-allow-headers') ?? '', /content-type.*x-faro-session-id/);
    assert.doesNotMatch(allowed.headers.get('access-control-allow-headers') ?? '', /idempotency/i);
    for (const origin of ['http://localhost:3002', 'https://localhost:3001', 'http://evil.example', 'null'])
      assert.equal((await ask(origin)).headers.get('access-control-allow-origin'), null, origin);
    assert.equal((await collect({ meta })).headers.get('access-control-allow-origin'), ORIGIN);
  });
});
