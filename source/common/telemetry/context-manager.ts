import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/** Wraps `run` whenever the active context changes. */
export type AroundChange = <R>(entered: Context, left: Context, run: () => R) => R;

const justRun: AroundChange = (_entered, _left, run) => run();

/**
 * Propagates the active context across `await`, timers and callbacks, like the SDK's AsyncLocalStorage context manager.
 * In addition, `around` observes context changes, which the SDK has no hook for, and binding an emitter is cheaper. The
 * experimental `attach` is not implemented.
 *
 * The HTTP instrumentation binds two emitters per request. The SDK's manager patches eight methods on each and wraps
 * every listener added later; this one wraps `emit` only, so that all listeners run in the bound context, including
 * those added before.
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
    // Some callers check a callback's arity.
    return Object.defineProperty(bound, 'length', { configurable: true, value: fn.length }) as F;
  }

  function bindEmitter(context: Context, emitter: EventEmitter): void {
    if (Object.hasOwn(emitter, BOUND)) return;
    const { emit, listenerCount } = emitter;
    const boundEmit = function (this: EventEmitter, ...args: Parameters<typeof emit>) {
      // Most events of a request have no listeners: skip the context switch.
      if (listenerCount.call(this, args[0]) === 0) return emit.apply(this, args);
      return run(context, () => emit.apply(this, args));
    };
    // Not enumerable, like `emit` itself, so that copying an emitter's properties doesn't copy the binding.
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

/** Marks an emitter that is already bound: the first context wins. */
const BOUND = Symbol('bound to a context');
