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
  test('shows an added beast immediately, on top, and removes it if the server refuses', () => {
    const hopeful = adding(AB, 'z');
    assert.deepEqual(names(hopeful), ['z', 'a', 'b']);
    assert.deepEqual(shown(added(hopeful, 'z'))[0], { name: 'z', state: 'added' });
    assert.deepEqual(names(notAdded(hopeful, 'z')), ['a', 'b']);
  });

  test('keeps an existing beast when a duplicate is refused', () => {
    assert.deepEqual(names(notAdded(adding(AB, 'a'), 'a')), ['a', 'b']);
  });

  test('hides a deleted beast immediately, and restores it in place if the server refuses', () => {
    const hopeful = deleting(AB, 'a');
    assert.deepEqual(names(hopeful), ['b']);
    assert.deepEqual(names(deleted(hopeful, 'a')), ['b']);
    assert.deepEqual(names(notDeleted(hopeful, 'a')), ['a', 'b']);
  });

  test('keeps pending beasts when an older list arrives', () => {
    const waiting = deleting(adding(AB, 'z'), 'a');
    const refreshed = listed(waiting, ['a', 'b', 'c'], 'c');
    assert.deepEqual(names(refreshed), ['z', 'b', 'c']);
    assert.equal(refreshed.after, 'c');
  });

  test("uses the server's order when it is listed again", () => {
    assert.deepEqual(names(listed(added(adding(AB, 'z'), 'z'), ['a', 'b', 'z'], undefined)), ['a', 'b', 'z']);
  });

  test('appends a page without duplicates', () => {
    const more = listedMore(listed(EMPTY_LIST, ['a', 'b'], 'b'), ['b', 'c'], undefined);
    assert.deepEqual(names(more), ['a', 'b', 'c']);
    assert.equal(more.after, undefined);
  });
});
