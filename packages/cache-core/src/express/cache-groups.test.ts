import { parseList } from 'structured-headers';
import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import type { Selector } from '../model/selector.ts';
import { cacheGroupInvalidation, cacheGroups } from './cache-groups.ts';

const groupsIn = (header: string | null) => (header === null ? [] : parseList(header).map(([group]) => group));
const groupsOf = (key: string, tags: string[] = []) => groupsIn(cacheGroups({ key: parseKey(key), tags }));
const PREFIXES = ['stats', 'files'];

test.each<[string, string[], string[]]>([
  ['stats:get_stats:5d', [], ['stats', 'stats:get_stats']],
  ['stats:get_stats@2:5d', [], ['stats', 'stats:get_stats', 'stats:get_stats@2']],
  ['user:1', ['a', 'a b', 'say "hi"', 'ü'], ['user', 'tag:a', 'tag:a b', 'tag:say "hi"', 'tag:%C3%BC']],
  ['single', [], []],
])('the groups of %s with the tags %j are %j', (key, tags, groups) => {
  expect(groupsOf(key, tags)).toEqual(groups);
});

test.each<[Selector, string, string[]]>([
  [{ prefix: 'stats' }, 'stats:get_stats:5d', []],
  [{ prefix: 'stats:get_stats:*' }, 'stats:get_stats:5d', []],
  [{ prefix: 'stats', scope: { level: ['ERROR'] } }, 'stats:get_stats:5d', []],
  [{ tag: 'shop 1' }, 'cart:1', ['shop 1']],
  [{ key: 'stats:get_stats:5d' }, 'stats:get_stats:5d', []],
  [{ key: { prefix: 'cart', name: 'get', params: 1 } }, 'cart:get:1', []],
  [{ all: true }, 'files:list:1', []],
])('the invalidation of %j names a group of the entry %s that it hits', (selector, key, tags) => {
  const invalidated = groupsIn(cacheGroupInvalidation([selector], PREFIXES));
  expect(groupsOf(key, tags).some((group) => invalidated.includes(group))).toBe(true);
});

test('an invalidation names no group of an entry that it cannot hit', () => {
  const invalidated = groupsIn(cacheGroupInvalidation([{ prefix: 'stats' }, { tag: 'a' }], PREFIXES));
  expect(groupsOf('files:list:1', ['b']).some((group) => invalidated.includes(group))).toBe(false);
});

test('given a thousand long tags, at most 32 groups of 128 characters are sent', () => {
  const tags = Array.from({ length: 1_000 }, (_, n) => `${n}-${'x'.repeat(n % 2 === 0 ? 1_000 : 100)}`);
  const groups = groupsOf('user:1', tags);
  expect(groups).toHaveLength(32);
  expect(Math.max(...groups.map((group) => String(group).length))).toBeLessThanOrEqual(128);
});
