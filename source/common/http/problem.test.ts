import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createTestTelemetry } from '../../../tests/support/telemetry.ts';
import { createApp } from './app.ts';
import { listen } from './listen.ts';
import { HttpProblem } from './problem.ts';

describe('the log of a failed request', () => {
  const ERRORS = {
    '/fault': new HttpProblem(500, 'the answer is wrong'),
    '/unexpected': new TypeError('it is not a function'),
    '/busy': new HttpProblem(503, 'try again later'),
    '/missing': new HttpProblem(404, 'there is none'),
  };

  /** The fields of its line, and what the client reads. */
  async function ask(path: keyof typeof ERRORS) {
    const telemetry = createTestTelemetry();
    const app = createApp(telemetry, { checks: {}, stopping: false }, (routes) => {
      routes.get(path, () => {
        throw ERRORS[path];
      });
    });
    await using server = await listen(app, 0, '127.0.0.1');
    const { status, detail } = (await (await fetch(`${server.url}${path}`)).json()) as Record<string, unknown>;
    const line = telemetry.lines.find(({ level }) => level === 'error');
    return { status, detail, message: line?.message, stack: line?.fields.stack };
  }

  test('a fault: message, file and line', async () => {
    const { stack, ...rest } = await ask('/fault');
    assert.deepEqual(rest, { status: 500, detail: 'the answer is wrong', message: 'the answer is wrong' });
    assert.match(String(stack), /problem\.test\.ts:\d+/);
  });

  test('an unexpected error: the same, but the client does not read the message', async () => {
    const { stack, detail, message } = await ask('/unexpected');
    assert.match(String(detail), /^internal error/);
    assert.equal(message, 'it is not a function');
    assert.match(String(stack), /problem\.test\.ts:\d+/);
  });

  test('a deliberate 503 has no stack', async () => {
    assert.deepEqual(await ask('/busy'), {
      status: 503,
      detail: 'try again later',
      message: 'try again later',
      stack: undefined,
    });
  });

  test('no line for a mistake of the client', async () => {
    assert.equal((await ask('/missing')).message, undefined);
  });
});
