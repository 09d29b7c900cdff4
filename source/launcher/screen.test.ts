import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import { createScreen } from './screen.ts';
import { loadSettings } from './settings.ts';

const FOLDER = { path: '/data', logs: '/data/logs' };
const TRACE = { id: '4bf92f3577b34da6a3ce929d0e0e4736', seconds: 4.21 };

function shown({ isTTY = false, env = {}, found = true, variables = {} } = {}): string {
  let text = '';
  const screen = createScreen({ isTTY, write: (part) => (text += part) }, env);
  screen.heading();
  screen.ready('Postgres', '127.0.0.1:54320');
  screen.welcome({ settings: loadSettings(variables), folder: FOLDER, trace: found ? TRACE : undefined });
  return text;
}

describe('the screen', () => {
  test('shows URLs and commands, with the configured ports', () => {
    const variables = { LENS_PORT: '5000', MYTHICAL_SERVER_PORT: '6000', MYTHICAL_FRONTEND_PORT: '7000' };
    const text = shown({ variables });
    assert.match(text, /the control room +http:\/\/localhost:7000\n/);
    assert.match(text, /first full trace after 4\.2 s/);
    assert.ok(text.includes(`http://localhost:5000/#/trace/${TRACE.id}\n`));
    assert.ok(text.includes(`curl -X POST localhost:6000/unicorn -H 'content-type: application/json' -d '{"name":`));
    assert.ok(text.includes(`curl -X POST localhost:6000/scenarios`));
    assert.ok(text.includes(`curl localhost:5000/api/query`));
    assert.match(text, /Ctrl-C stops everything/);
  });

  test("uses this machine's public host name", () => {
    const text = shown({ variables: { PUBLIC_HOST: 'sandbox.example', LENS_LISTEN_ADDRESS: '0.0.0.0' } });
    assert.doesNotMatch(text, /localhost/);
    assert.match(text, /http:\/\/sandbox\.example:3001\n/);
    assert.match(text, /curl sandbox\.example:3000\/api\/query/);
  });

  test('fits on a small terminal', () => {
    const lines = shown({ isTTY: true }).split('\n').map(stripVTControlCharacters);
    // Five more parts become ready, and npm prints four lines.
    assert.ok(lines.length + 5 + 4 <= 40, `${lines.length} lines`);
  });

  test('uses the plain names of ENDPOINT_TYPE=BORING', () => {
    const text = shown({ variables: { ENDPOINT_TYPE: 'BORING' } });
    assert.ok(text.includes('curl -X POST localhost:4000/login'));
    assert.doesNotMatch(text, /unicorn/);
  });

  test('only uses colour on a terminal without NO_COLOR', () => {
    const plain = (text: string) => text.replace(/after \d\.\d s/, '');
    const coloured = shown({ isTTY: true });
    assert.notEqual(coloured, stripVTControlCharacters(coloured));
    for (const text of [shown(), shown({ isTTY: true, env: { NO_COLOR: '1' } })]) {
      assert.equal(text, stripVTControlCharacters(text));
      assert.equal(plain(text), plain(stripVTControlCharacters(coloured)));
    }
  });

  test('reports a missing trace', () => {
    const text = shown({ found: false });
    assert.match(text, /lens has no trace across all three services yet: see .*logs/);
    assert.doesNotMatch(text, /#\/trace/);
  });
});
