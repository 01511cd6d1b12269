import { expect, test } from 'vitest';
import { parseKey } from './key.ts';
import { type Selector, selectorOfPattern, tokenOfTag, tokensOfKey, toToken } from './selector.ts';

test('a key is hit by everything, by itself, and by each of its leading segments', () => {
  const tokens = tokensOfKey(parseKey('stats:get_stats:abc'));
  const hits: Selector[] = [
    { all: true },
    { key: 'stats:get_stats:abc' },
    { prefix: 'stats' },
    { prefix: 'stats:get_stats' },
  ];
  expect(new Set(tokens)).toEqual(new Set(hits.map(toToken)));
});

test.each<Selector>([
  { prefix: 'stat' },
  { prefix: 'stats2' },
  { prefix: 'get_stats' },
  { prefix: 'stats:get' },
  { prefix: 'stats:get_stats:abc' },
  { key: 'stats' },
  { tag: 'stats' },
])('%j does not hit stats:get_stats:abc', (selector) => {
  expect(tokensOfKey(parseKey('stats:get_stats:abc'))).not.toContain(toToken(selector));
});

test('prefix, tag and key of the same text are three selectors', () => {
  expect(new Set([toToken({ prefix: 'x' }), toToken({ tag: 'x' }), toToken({ key: 'x' })]).size).toBe(3);
  expect(toToken({ tag: 'x' })).toBe(tokenOfTag('x'));
});

test('a prefix may be written with its colon or as a pattern', () => {
  expect(toToken({ prefix: 'files:' })).toBe(toToken({ prefix: 'files' }));
  expect(toToken({ prefix: 'files:*' })).toBe(toToken({ prefix: 'files' }));
});

test.each<Selector>([{ prefix: '' }, { prefix: ':*' }, { tag: '' }, { key: 'k'.repeat(1_025) }, { tag: '\ud800' }])(
  '%j is refused',
  (selector) => {
    expect(() => toToken(selector)).toThrow('expected 1 to 1024 characters');
  },
);

test('a pattern is a whole prefix or everything, and anything else is refused rather than half-applied', () => {
  expect(selectorOfPattern('files:*')).toEqual({ prefix: 'files' });
  expect(selectorOfPattern('files')).toEqual({ prefix: 'files' });
  expect(selectorOfPattern('stats:get_stats:*')).toEqual({ prefix: 'stats:get_stats' });
  expect(selectorOfPattern('*')).toEqual({ all: true });
  for (const pattern of ['', ':*', 'fi*', '*:x', 'f?les:*', 'f[i]les:*', 'files:*:x'])
    expect(() => selectorOfPattern(pattern)).toThrow("pattern: expected a prefix followed by ':*'");
});
