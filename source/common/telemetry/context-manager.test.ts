import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { describe, test } from 'node:test';
import { setImmediate as nextRound, setTimeout as sleep } from 'node:timers/promises';
import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { createContextManager } from './context-manager.ts';

const KEY = createContextKey('name');
const named = (name: string) => ROOT_CONTEXT.setValue(KEY, name);
const nameOf = (context: Context) => context.getValue(KEY);

describe('the active context', () => {
  const manager = createContextManager();
  const name = () => nameOf(manager.active());

  test('defaults to the root context', () => {
    assert.equal(manager.active(), ROOT_CONTEXT);
  });

  test('is restored afterwards, also after an error', () => {
    manager.with(named('a'), () => {
      manager.with(named('b'), () => assert.equal(name(), 'b'));
      assert.throws(() => manager.with(named('b'), () => assert.fail('on purpose')), /on purpose/);
      assert.equal(name(), 'a');
    });
    assert.equal(name(), undefined);
  });

  test('passes arguments, the receiver and the result', () => {
    const receiver = { factor: 2 };
    const result = manager.with(
      named('a'),
      function (this: typeof receiver, a: number, b: number) {
        return this.factor * (a + b);
      },
      receiver,
      1,
      2,
    );
    assert.equal(result, 6);
  });

  test('survives await, timers, microtasks and promise chains, concurrently', async () => {
    const work = (own: string) =>
      manager.with(named(own), async () => {
        const seen: unknown[] = [name()];
        await nextRound();
        seen.push(name());
        await sleep(5);
        seen.push(name());
        await new Promise<void>((resolve) => queueMicrotask(() => resolve(void seen.push(name()))));
        await new Promise<void>((resolve) => process.nextTick(() => resolve(void seen.push(name()))));
        await Promise.reject(new Error('on purpose'))
          .catch(() => seen.push(name()))
          .finally(() => seen.push(name()));
        return seen;
      });
    const all = await Promise.all(['a', 'b', 'c'].map(work));
    assert.deepEqual(
      all,
      ['a', 'b', 'c'].map((own) => Array.from({ length: 7 }, () => own)),
    );
  });

  test('is bound to a function, which keeps its receiver, arguments and arity', () => {
    const bound = manager.bind(named('a'), function (this: unknown, x: number, y: number) {
      return [name(), this, x, y];
    });
    const receiver = {};
    assert.deepEqual(bound.call(receiver, 1, 2), ['a', receiver, 1, 2]);
    assert.equal(bound.length, 2);
  });

  test("isn't bound to values other than functions and emitters", () => {
    const value = { a: 1 };
    assert.equal(manager.bind(named('a'), value), value);
  });
});

describe('a bound emitter', () => {
  const manager = createContextManager();
  const name = () => nameOf(manager.active());

  test('calls listeners in its context, no matter when and how they were added', async () => {
    const seen: unknown[] = [];
    const listener = () => void seen.push(name());
    const emitter = new EventEmitter();
    emitter.on('event', listener);
    assert.equal(manager.bind(named('a'), emitter), emitter);
    emitter.once('event', listener).prependListener('event', listener);
    const first = once(emitter, 'event');
    manager.with(named('b'), () => emitter.emit('event', 1));
    assert.deepEqual(await first, [1]);
    assert.deepEqual(seen, ['a', 'a', 'a']);
  });

  test('removes listeners', () => {
    const emitter = manager.bind(named('a'), new EventEmitter());
    const listener = () => assert.fail('removed');
    emitter.on('event', listener).off('event', listener);
    assert.equal(emitter.emit('event'), false);
    emitter.on('event', listener).removeAllListeners();
    assert.equal(emitter.listenerCount('event'), 0);
  });

  test('keeps its first context', () => {
    const emitter = manager.bind(named('a'), new EventEmitter());
    manager.bind(named('b'), emitter);
    emitter.once('event', () => assert.equal(name(), 'a'));
    assert.ok(emitter.emit('event'));
  });
});

test('only changes of the context are observed', () => {
  const changes: string[] = [];
  const manager = createContextManager((entered, left, run) => {
    changes.push(`${nameOf(left)} → ${nameOf(entered)}`);
    return run();
  });
  const a = named('a');
  manager.with(a, () => {
    manager.with(a, () => {});
    manager.bind(named('b'), () => manager.with(ROOT_CONTEXT, () => {}))();
  });
  assert.deepEqual(changes, ['undefined → a', 'a → b', 'b → undefined']);
});
