import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/** Called at each change of the active context, to do something of its own around what runs in the new one. */
export type AroundChange = <R>(entered: Context, left: Context, run: () => R) => R;

const justRun: AroundChange = (_entered, _left, run) => run();

/**
 * Keeps the active context across `await`, timers and callbacks, like the SDK's own manager on AsyncLocalStorage, with
 * differences: a change of the context can be observed, which the SDK has no hook for; binding an emitter is cheaper; and
 * there is no `attach`, which is experimental, and which nothing here uses.
 *
 * The HTTP instrumentation binds the two emitters of each request. The SDK's manager gives each of them eight methods of
 * their own, and wraps each listener that is added afterwards; this one wraps `emit` alone, so that all listeners run in
 * the bound context, also those that were there before.
 */
export function createContextManager(around: AroundChange = justRun): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const active = () => storage.getStore() ?? ROOT_CONTEXT;

  function run<R>(context: Context, fn: () => R): R {
    const left = storage.getStore();
    if (left === context) return fn();
    return around(context, left ?? ROOT_CONTEXT, () => storage.run(context, fn));
  }

  function bindFunction<F extends (...args: unknown[]) => unknown>(context: Context, fn: F): F {
    const bound = function (this: unknown, ...args: unknown[]) {
      return run(context, () => fn.apply(this, args));
    };
    // Some callers look at how many arguments a callback takes.
    return Object.defineProperty(bound, 'length', { configurable: true, value: fn.length }) as F;
  }

  function bindEmitter(context: Context, emitter: EventEmitter): void {
    if (Object.hasOwn(emitter, BOUND)) return;
    const { emit, listenerCount } = emitter;
    const boundEmit = function (this: EventEmitter, ...args: Parameters<typeof emit>) {
      // Most events of a request are heard by nobody: no need to change the context for them.
      if (listenerCount.call(this, args[0]) === 0) return emit.apply(this, args);
      return run(context, () => emit.apply(this, args));
    };
    // Not enumerable, as is emit itself: a copy of an emitter's properties is no bound emitter.
    Object.defineProperty(emitter, BOUND, { value: true });
    Object.defineProperty(emitter, 'emit', { value: boundEmit, configurable: true, writable: true });
  }

  const manager: ContextManager = {
    active,
    with: (context, fn, thisArg, ...args) => run(context, () => fn.apply(thisArg as never, args)),
    bind(context, target) {
      if (typeof target === 'function') return bindFunction(context, target as never);
      if (target instanceof EventEmitter) bindEmitter(context, target);
      return target;
    },
    enable: () => manager,
    disable() {
      storage.disable();
      return manager;
    },
  };
  return manager;
}

/** Marks an emitter that is bound already: the first context is the one that counts. */
const BOUND = Symbol('bound to a context');
