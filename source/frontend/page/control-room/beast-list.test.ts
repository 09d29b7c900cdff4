import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  added,
  adding,
  type BeastList,
  deleted,
  deleting,
  EMPTY_LIST,
  listed,
  listedMore,
  notAdded,
  notDeleted,
  shown,
} from './beast-list.ts';

const names = (list: BeastList) => shown(list).map(({ name }) => name);
const AB = listed(EMPTY_LIST, ['a', 'b'], undefined);

describe('the list of beasts', () => {
  test('shows what is added at once, on top, and takes it back when the server refuses', () => {
    const hopeful = adding(AB, 'z');
    assert.deepEqual(names(hopeful), ['z', 'a', 'b']);
    assert.deepEqual(shown(added(hopeful, 'z'))[0], { name: 'z', state: 'added' });
    assert.deepEqual(names(notAdded(hopeful, 'z')), ['a', 'b']);
  });

  test('keeps the one that is there when another of its name is refused', () => {
    assert.deepEqual(names(notAdded(adding(AB, 'a'), 'a')), ['a', 'b']);
  });

  test('hides what is deleted at once, and brings it back in its place when the server refuses', () => {
    const hopeful = deleting(AB, 'a');
    assert.deepEqual(names(hopeful), ['b']);
    assert.deepEqual(names(deleted(hopeful, 'a')), ['b']);
    assert.deepEqual(names(notDeleted(hopeful, 'a')), ['a', 'b']);
  });

  test('does not lose what still waits when a list arrives that is older', () => {
    const waiting = deleting(adding(AB, 'z'), 'a');
    const refreshed = listed(waiting, ['a', 'b', 'c'], 'c');
    assert.deepEqual(names(refreshed), ['z', 'b', 'c']);
    assert.equal(refreshed.after, 'c');
  });

  test('puts everything in the order of the server when it is listed again', () => {
    assert.deepEqual(names(listed(added(adding(AB, 'z'), 'z'), ['a', 'b', 'z'], undefined)), ['a', 'b', 'z']);
  });

  test('appends a page, without what is there already', () => {
    const more = listedMore(listed(EMPTY_LIST, ['a', 'b'], 'b'), ['b', 'c'], undefined);
    assert.deepEqual(names(more), ['a', 'b', 'c']);
    assert.equal(more.after, undefined);
  });
});
