import { expect, test } from 'vitest';
import { SharedLists, SharedTexts } from './shared-texts.ts';

const text = (i: number) => `text ${i}`;

test('equal lists are found as one frozen list', () => {
  const lists = new SharedLists();
  expect(lists.find(['a', 'b'])).toBeNull();
  const added = lists.add(['a', 'b']);
  expect([lists.find(['a', 'b']) === added, Object.isFrozen(added)]).toEqual([true, true]);
});

test('a list is a copy, so that its maker may change his own', () => {
  const lists = new SharedLists();
  const own = ['a'];
  const added = lists.add(own);
  own.push('b');
  expect([added, Object.isFrozen(own)]).toEqual([['a'], false]);
});

test('lists that differ only in where a separator is are not found as one', () => {
  const lists = new SharedLists();
  lists.add(['a\0b']);
  expect(lists.find(['a', 'b'])).toBeNull();
  lists.add([]);
  expect(lists.find([''])).toBeNull();
});

test('however many texts and lists come, a bounded number is remembered', () => {
  const [texts, lists] = [new SharedTexts(), new SharedLists()];
  const first = lists.add([text(0)]);
  for (let i = 1; i < 2_000; i++) {
    lists.add([text(i)]);
    expect(texts.of(text(i))).toBe(text(i));
  }
  expect([lists.find([text(0)]), first]).toEqual([null, [text(0)]]);
  expect(lists.find([text(1_999)])).toEqual([text(1_999)]);
});
