import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import type { BrowserConfig } from '@mythical/common/browser-config';
import { shown } from './beast-list.ts';
import { type ControlRoom, createControlRoom } from './control-room.ts';

const TRACE = 'ab'.repeat(16);
const CONFIG: BrowserConfig = {
  app: { name: 'mythical-frontend', version: '1.0.0', namespace: 'test', environment: 'test' },
  words: { tag: 'beast', one: 'beast', many: 'beasts', kinds: ['unicorn', 'owlbear'] },
  faroUrl: null,
  links: { trace: 'http://lens/{traceId}', logs: 'http://lens/logs/{traceId}', profile: 'http://lens/flame' },
};
const SCENARIO = { name: 'log-storm', description: '', active: false, until: null };

type Handler = (body: unknown, path: string) => Response | Promise<Response>;
/** Overrides of the server's default responses, by method and path. */
type Handlers = Record<string, Handler>;

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(status === 204 ? null : JSON.stringify(value), {
    status,
    headers: { 'server-timing': `traceparent;desc="00-${TRACE}-${'cd'.repeat(8)}-01"`, ...headers },
  });

const USUAL: Handlers = {
  'GET /config': () => json(CONFIG),
  'GET /scenarios': () => json([SCENARIO]),
  'GET /unicorn': () => json([{ name: 'Amalthea' }, { name: 'Twilight' }]),
  'GET /owlbear': () => json([]),
  'POST /unicorn': (body) => json(body, 201),
  'DELETE /unicorn': () => json(undefined, 204),
  'POST /scenarios': () => json({ ...SCENARIO, active: true, until: '2026-11-21T08:01:00Z' }, 201),
  'DELETE /scenarios': () => json(undefined, 204),
};

const refusal = () =>
  json({ title: 'Internal Server Error', detail: 'the bestiary has no page with this number' }, 500);
const noConnection = () => Promise.reject(new TypeError('Failed to fetch'));

/** Waits until all mocked responses have been handled, including follow-up requests. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
}

describe('the control room', () => {
  let handlers: Handlers;
  let asked: string[];

  beforeEach(() => {
    handlers = { ...USUAL };
    asked = [];
    // No polling unless a test advances the time.
    mock.timers.enable({ apis: ['setTimeout'] });
    mock.method(globalThis, 'fetch', async (url: string, { method, body }: RequestInit) => {
      const { pathname, search } = new URL(url);
      asked.push(`${method} ${pathname}${search}`);
      return handlers[`${method} ${pathname}`]!(body === undefined ? undefined : JSON.parse(String(body)), pathname);
    });
  });
  afterEach(() => {
    mock.timers.reset();
    mock.restoreAll();
  });

  async function open(): Promise<ControlRoom> {
    const room = createControlRoom('http://api');
    await room.start();
    return room;
  }
  const names = ({ state }: ControlRoom) => shown(state.get().lists[state.get().kind]!).map(({ name }) => name);

  test('starts with the words, the scenarios and the first kind', async () => {
    const room = await open();
    const { connection, kind, scenarios, traffic } = room.state.get();
    assert.deepEqual([connection, kind, scenarios, traffic.requests], ['connected', 'unicorn', [SCENARIO], 1]);
    assert.deepEqual(names(room), ['Amalthea', 'Twilight']);
  });

  test('shows an added beast before the response, and then how to follow it', async () => {
    const room = await open();
    const answer = Promise.withResolvers<Response>();
    handlers['POST /unicorn'] = () => answer.promise;
    const adding = room.add('  Celestia ');
    assert.deepEqual(names(room), ['Celestia', 'Amalthea', 'Twilight']);
    answer.resolve(json({ name: 'Celestia' }, 201));
    await adding;
    const [followed] = room.state.get().followed;
    assert.deepEqual(
      [followed?.label, followed?.result, followed?.ok, followed?.trace?.traceId, followed?.links?.trace],
      ['Add unicorn Celestia', '201', true, TRACE, `http://lens/${TRACE}`],
    );
  });

  test('uses the suggested name if none is given, then suggests another', async () => {
    const room = await open();
    const { suggestion } = room.state.get();
    await room.add('');
    assert.equal(names(room)[0], suggestion);
    assert.notEqual(room.state.get().suggestion, suggestion);
  });

  test('undoes a refused action, shows the reason and the trace, and can retry', async () => {
    const room = await open();
    handlers['POST /unicorn'] = refusal;
    await room.add('Celestia');
    assert.deepEqual(names(room), ['Amalthea', 'Twilight']);
    const [notice] = room.state.get().notices;
    assert.equal(notice?.title, 'Celestia was not added');
    assert.equal(notice?.detail, '500 Internal Server Error: the bestiary has no page with this number');
    assert.equal(notice?.links?.trace, `http://lens/${TRACE}`);
    assert.equal(room.state.get().traffic.errors, 1);

    handlers['POST /unicorn'] = USUAL['POST /unicorn']!;
    notice!.retry!();
    await settled();
    assert.deepEqual(room.state.get().notices, []);
    assert.deepEqual(names(room), ['Celestia', 'Amalthea', 'Twilight']);
  });

  test('restores a beast that could not be deleted', async () => {
    const room = await open();
    handlers['DELETE /unicorn'] = refusal;
    const removing = room.remove('Amalthea');
    assert.deepEqual(names(room), ['Twilight']);
    await removing;
    assert.deepEqual(names(room), ['Amalthea', 'Twilight']);
    assert.equal(room.state.get().notices[0]?.title, 'Amalthea was not deleted');
  });

  test('detects an outage of the API, and reloads when it is over', async () => {
    const room = await open();
    for (const key of Object.keys(handlers)) handlers[key] = noConnection;
    await room.add('Celestia');
    assert.equal(room.state.get().connection, 'away');
    assert.match(room.state.get().notices[0]!.detail, /API unreachable: no connection to http:\/\/api/);
    assert.equal(room.state.get().followed[0]?.trace, undefined);

    handlers = { ...USUAL, 'GET /unicorn': () => json([{ name: 'New' }]) };
    mock.timers.tick(4_000);
    await settled();
    assert.equal(room.state.get().connection, 'connected');
    assert.deepEqual(names(room), ['New']);
  });

  test('waits for the API to start', async () => {
    handlers['GET /config'] = noConnection;
    const room = createControlRoom('http://api');
    const started = room.start();
    await settled();
    assert.deepEqual([room.state.get().connection, room.state.get().config], ['away', undefined]);
    handlers['GET /config'] = USUAL['GET /config']!;
    mock.timers.tick(2_000);
    await started;
    assert.equal(room.state.get().connection, 'connected');
    assert.deepEqual(names(room), ['Amalthea', 'Twilight']);
  });

  test("goes on waiting while something else answers in the API's place", async () => {
    handlers['GET /config'] = () => new Response('<html>a proxy</html>');
    const room = createControlRoom('http://api');
    const started = room.start();
    for (const other of [json({ hello: 'world' }), json({ title: 'Not Found' }, 404)]) {
      await settled();
      assert.deepEqual([room.state.get().connection, room.state.get().config], ['away', undefined]);
      handlers['GET /config'] = () => other;
      mock.timers.tick(2_000);
    }
    await settled();
    assert.equal(room.state.get().connection, 'away');
    handlers['GET /config'] = USUAL['GET /config']!;
    mock.timers.tick(2_000);
    await started;
    assert.equal(room.state.get().connection, 'connected');
  });

  test('loads page by page', async () => {
    handlers['GET /unicorn'] = () =>
      asked.at(-1)!.includes('after=')
        ? json([{ name: 'c' }])
        : json([{ name: 'a' }, { name: 'b b' }], 200, { link: '</unicorn?limit=12&after=b+b>; rel="next"' });
    const room = await open();
    await room.more();
    assert.equal(asked.at(-1), 'GET /unicorn?limit=12&after=b+b');
    assert.deepEqual(names(room), ['a', 'b b', 'c']);
    assert.equal(room.state.get().lists.unicorn?.after, undefined);
  });

  test('keeps a late response of another kind apart', async () => {
    const room = await open();
    const late = Promise.withResolvers<Response>();
    handlers['GET /unicorn'] = () => late.promise;
    const refreshing = room.refresh();
    room.chooseKind('owlbear');
    late.resolve(json([{ name: 'late' }]));
    await refreshing;
    await settled();
    assert.equal(room.state.get().kind, 'owlbear');
    assert.deepEqual(names(room), []);
  });

  test('ignores malformed responses', async () => {
    handlers['GET /unicorn'] = () => new Response('<html>a proxy</html>');
    handlers['DELETE /unicorn'] = () => new Response('<html>Bad Gateway</html>', { status: 502 });
    const room = await open();
    assert.deepEqual(names(room), []);
    await room.remove('Amalthea');
    assert.match(room.state.get().notices[0]!.detail, /502/);
  });

  test('switches a scenario immediately, and back if the server refuses', async () => {
    const room = await open();
    const active = () => room.state.get().scenarios[0]?.active;
    const switching = room.switchScenario('log-storm', 60);
    assert.equal(active(), true);
    await switching;
    assert.equal(room.state.get().scenarios[0]?.until, '2026-11-21T08:01:00Z', 'from the server');

    handlers['DELETE /scenarios'] = refusal;
    await room.switchScenario('log-storm', 0);
    assert.equal(active(), true);
    await room.stopScenarios();
    assert.equal(active(), true);
    assert.deepEqual(
      room.state.get().notices.map(({ title }) => title),
      ['The scenarios were not stopped', 'log-storm was not stopped'],
    );
    room.dismiss(room.state.get().notices[0]!.id);
    assert.equal(room.state.get().notices.length, 1);

    handlers['DELETE /scenarios'] = USUAL['DELETE /scenarios']!;
    await room.stopScenarios();
    assert.equal(active(), false);
  });

  test("doesn't poll while the page is hidden", async () => {
    let watched = false;
    const room = createControlRoom('http://api', () => watched);
    await room.start();
    const before = asked.length;
    mock.timers.tick(4_000);
    await settled();
    assert.equal(asked.length, before);
    watched = true;
    mock.timers.tick(4_000);
    await settled();
    assert.deepEqual(asked.slice(before), ['GET /scenarios?poll']);
  });
});
