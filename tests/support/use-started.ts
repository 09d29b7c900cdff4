import { after, before } from 'node:test';

/** At the top of a file, Node runs hooks at the same time, but what they start depends on what was started before. */
let earlier: Promise<unknown> = Promise.resolve();
/** How to close what is running, in the order in which it was started. */
const running: (() => unknown)[] = [];

type Close<T> = (started: T) => unknown;
const dispose: Close<Partial<AsyncDisposable>> = (started) => started[Symbol.asyncDispose]?.();

/**
 * What `start` returns. It is started before the tests of the suite or file in which this is called, and closed after them,
 * in reverse order.
 *
 * @param skip the option of the tests: if they are skipped, nothing is started
 */
export function useStarted<T extends object>(
  start: () => Promise<T>,
  skip: string | boolean = false,
  close: Close<T> = dispose,
): T {
  let started: T | undefined;
  before(() => {
    if (skip) return;
    // What failed to start is an error of its suite only.
    earlier = earlier
      .catch(() => {})
      .then(async () => {
        const value = await start();
        started = value;
        running.push(() => close(value));
      });
    return earlier;
  });
  // Node runs these in the order in which they were added, so each closes the one that was started last.
  after(async () => {
    if (started) await running.pop()!();
  });
  // Tests are defined before it exists, so they get an object that forwards to it.
  return new Proxy({} as T, {
    get(_, name) {
      const value: unknown = Reflect.get(started!, name);
      return typeof value === 'function' ? value.bind(started) : value;
    },
  });
}

/** For all test files in this process: started for the first suite that uses it, and closed after the last one. */
export function shared<T extends AsyncDisposable>(start: () => Promise<T>): (skip?: string | boolean) => T {
  let started: Promise<T> | undefined;
  let users = 0;
  const close = async (value: T) => --users === 0 && dispose(value);
  return (skip = false) => {
    if (!skip) users++;
    return useStarted(() => (started ??= start()), skip, close);
  };
}
