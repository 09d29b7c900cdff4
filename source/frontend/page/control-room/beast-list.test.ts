import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { adding, type BeastList, drop, EMPTY_LIST, listed, listedMore, mark, shown } from './beast-list.ts';

const names = (list: BeastList) => shown(list).map(({ name }) => name);
const AB = listed(EMPTY_LIST, ['a', 'b'], undefined);

describe('the list of beasts', () => {
  test('shows an added beast immediately, on top, and removes it if the server refuses', () => {
    const hopeful = adding(AB, 'z');
    assert.deepEqual(names(hopeful), ['z', 'a', 'b']);
    assert.deepEqual(shown(mark(hopeful, 'z', 'added'))[0], { name: 'z', state: 'added' });
    assert.deepEqual(names(drop(hopeful, 'z', 'adding')), ['a', 'b']);
  });

  test('keeps an existing beast when a duplicate is refused', () => {
    assert.deepEqual(names(drop(adding(AB, 'a'), 'a', 'adding')), ['a', 'b']);
  });

  test('hides a deleted beast immediately, and restores it in place if the server refuses', () => {
    const hopeful = mark(AB, 'a', 'deleting');
    assert.deepEqual(names(hopeful), ['b']);
    assert.deepEqual(names(drop(hopeful, 'a', 'deleting')), ['b']);
    assert.deepEqual(names(mark(hopeful, 'a', 'there')), ['a', 'b']);
  });

  test('keeps pending beasts when an older list arrives', () => {
    const waiting = mark(adding(AB, 'z'), 'a', 'deleting');
    const refreshed = listed(waiting, ['a', 'b', 'c'], 'c');
    assert.deepEqual(names(refreshed), ['z', 'b', 'c']);
    assert.equal(refreshed.after, 'c');
  });

  test("uses the server's order when it is listed again", () => {
    assert.deepEqual(names(listed(mark(adding(AB, 'z'), 'z', 'added'), ['a', 'b', 'z'], undefined)), ['a', 'b', 'z']);
  });

  test('appends a page without duplicates', () => {
    const more = listedMore(listed(EMPTY_LIST, ['a', 'b'], 'b'), ['b', 'c'], undefined);
    assert.deepEqual(names(more), ['a', 'b', 'c']);
    assert.equal(more.after, undefined);
  });
});
