import { expect, test } from 'vitest';
import { freshnessOf, inputParts, keysUnder, withoutRepeats } from './key-text.ts';

test('an input is shown as its members, with lists joined', () => {
  expect(inputParts({ service: '<b>', level: ['ERROR', 'INFO'], page: 2 })).toEqual([
    { name: 'service', value: '<b>' },
    { name: 'level', value: 'ERROR, INFO' },
    { name: 'page', value: '2' },
  ]);
  expect([inputParts({}), inputParts(null), inputParts(undefined)]).toEqual([[], [], []]);
  expect(inputParts('a')).toEqual([{ name: 'input', value: '"a"' }]);
});

test('defaults of the routes are not shown', () => {
  const params = { q: 'a', page: 1, page_size: 50, sort: 'oldest', context: 0 };
  expect(inputParts(params).map(({ name }) => name)).toEqual(['q', 'sort']);
});

test('a key counts down to its refresh, then says that the next read loads it', () => {
  const key = { fresh_for_ms: 12_000, warmable: true };
  expect(freshnessOf(key, 0)).toEqual({ text: 'refresh in 12 s', tone: 'ok', leftMs: 12_000 });
  expect(freshnessOf({ ...key, warmable: false }, 7_000).text).toBe('fresh for 5 s');
  expect(freshnessOf(key, 12_000)).toEqual({ text: 'the next read loads it', tone: 'plain', leftMs: 0 });
  expect(freshnessOf({ ...key, fresh_for_ms: null }, 0)).toEqual({ text: 'unknown', tone: 'warn', leftMs: null });
});

test('a key on two pages is listed once, as the later page has it', () => {
  const keys = [
    { key: 'a', reads: 1 },
    { key: 'b', reads: 1 },
    { key: 'a', reads: 2 },
  ];
  expect(withoutRepeats(keys)).toEqual([
    { key: 'a', reads: 2 },
    { key: 'b', reads: 1 },
  ]);
});

test('keys are narrowed by their beginning, also while it is typed', () => {
  const keys = ['stats:a:1', 'stats:b:1', 'search:a:1'].map((key) => ({ key }));
  const under = (prefix: string) => keysUnder(keys, prefix).map(({ key }) => key);
  expect(under('stats')).toEqual(['stats:a:1', 'stats:b:1']);
  expect(under('stats:*')).toEqual(under('stats'));
  expect(under('stats:b')).toEqual(['stats:b:1']);
  expect(under('s')).toHaveLength(3);
  expect([under('*'), under('')]).toEqual([under('s'), under('s')]);
  expect(under('(')).toEqual([]);
});
