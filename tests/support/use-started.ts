import { after, before } from 'node:test';

/** At the top of a file, Node runs hooks at the same time, but what they start depends on what was started before. */
let earlier: Promise<unknown> = Promise.resolve();
/** What is running, in the order in which it was started. */
const running: object[] = [];

/**
 * What `start` returns. It is started before the tests of the suite or file in which this is called, and closed after them,
 * in reverse order.
 *
 * @param skip the option of the tests: if they are skipped, nothing is started
 */
export function useStarted<T extends object>(start: () => Promise<T>, skip: string | boolean = false): T {
  let started: T | undefined;
  before(() => {
    if (skip) return;
    // What failed to start is an error of its suite only.
    earlier = earlier
      .catch(() => {})
      .then(async () => {
        started = await start();
        running.push(started);
      });
    return earlier;
  });
  // Node runs these in the order in which they were added, so each closes the one that was started last.
  after(async () => {
    if (started) await (running.pop() as Partial<AsyncDisposable>)[Symbol.asyncDispose]?.();
  });
  // Tests are defined before it exists, so they get an object that forwards to it.
  return new Proxy({} as T, {
    get(_, name) {
      const value: unknown = Reflect.get(started!, name);
      return typeof value === 'function' ? value.bind(started) : value;
    },
  });
}
