import { after, before } from 'node:test';

/** At the top of a file, Node runs hooks at the same time, but what they start depends on what was started before. */
let earlier: Promise<unknown> = Promise.resolve();

/**
 * What `start` returns. It is started before the tests of the suite or file in which this is called, and closed after them.
 *
 * @param skip the option of the tests: if they are skipped, nothing is started
 */
export function useStarted<T extends object>(start: () => Promise<T>, skip: string | boolean = false): T {
  let started: T | undefined;
  before(() => {
    if (skip) return;
    earlier = earlier.then(async () => {
      started = await start();
    });
    return earlier;
  });
  after(() => (started as Partial<AsyncDisposable> | undefined)?.[Symbol.asyncDispose]?.());
  // Tests are defined before it exists, so they get an object that forwards to it.
  return new Proxy({} as T, {
    get(_, name) {
      const value: unknown = Reflect.get(started!, name);
      return typeof value === 'function' ? value.bind(started) : value;
    },
  });
}
