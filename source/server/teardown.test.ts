import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpProblem } from '@mythical/common/http/problem';
import { startTeardown } from './teardown.ts';

const logger = { error() {}, warn() {}, info() {}, debug() {} };

/** The problem that the guard throws, or undefined if it lets the request through. */
function problemOf(guard: ReturnType<typeof startTeardown>['guard']): HttpProblem | undefined {
  let passed = false;
  try {
    guard({} as never, {} as never, () => {
      passed = true;
    });
  } catch (error) {
    assert.ok(error instanceof HttpProblem);
    return error;
  }
  assert.ok(passed);
  return undefined;
}

test('requests get 503 while the data is recreated, and pass before and after', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const recreation = Promise.withResolvers<void>();
  let recreations = 0;
  const repository = {
    recreate: () => {
      recreations++;
      return recreation.promise;
    },
  };
  const teardown = startTeardown(repository, { MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT: 1_000 }, { logger });
  assert.equal(problemOf(teardown.guard), undefined);

  t.mock.timers.tick(1_000);
  const problem = problemOf(teardown.guard);
  assert.equal(problem?.status, 503);
  assert.deepEqual(problem?.headers, { 'Retry-After': '5' });
  t.mock.timers.tick(1_000);
  assert.equal(recreations, 1, 'one at a time');

  recreation.resolve();
  await teardown[Symbol.asyncDispose]();
  assert.equal(problemOf(teardown.guard), undefined);
});

test('a failed teardown also lets requests pass again', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const repository = { recreate: () => Promise.reject(new Error('no disk')) };
  const teardown = startTeardown(repository, { MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT: 1_000 }, { logger });
  t.mock.timers.tick(1_000);
  await teardown[Symbol.asyncDispose]();
  assert.equal(problemOf(teardown.guard), undefined);
});
