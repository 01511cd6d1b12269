import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseKey } from './key.ts';
import {
  isUnderPrefix,
  prefixesOf,
  readToken,
  type Selector,
  type SelectorToken,
  scopeOfToken,
  selectorOfPattern,
  tokenOfTag,
  tokensOfKey,
  toToken,
} from './selector.ts';

const token = (text: string) => text as SelectorToken;
const anything = (value: unknown) => value as Selector;

test('a key is hit by everything, by its key and by each of its prefixes', () => {
  const tokens = tokensOfKey(parseKey('stats:get_stats:abc'));
  const hits: Selector[] = [
    { all: true },
    { key: 'stats:get_stats:abc' },
    { prefix: 'stats' },
    { prefix: 'stats:get_stats' },
  ];
  expect(new Set(tokens)).toEqual(new Set(hits.map(toToken)));
});

test('a key that begins with a colon is hit by its prefixes', () => {
  expect(prefixesOf(':a:b')).toEqual([':a']);
  expect(tokensOfKey(parseKey(':a:b'))).toContain(toToken({ prefix: ':a' }));
});

test('a key is hit by prefixes of up to 16 segments, to which longer prefixes are cut', () => {
  const key = Array.from({ length: 500 }, (_, i) => `${i % 10}`).join(':');
  const tokens = tokensOfKey(parseKey(key));
  expect(tokens).toHaveLength(2 + 16);
  expect(tokens).toContain(toToken({ prefix: key.slice(0, 100) }));
  expect(scopeOfToken(toToken({ prefix: key, scope: { l: ['x'] } }))?.prefix).toBe(prefixesOf(key).at(-1));
  expect(tokens).toContain(readToken(token(`p:${key.slice(0, 101)}`)).token);
  expect(prefixesOf(key)).toContain(scopeOfToken(token(`s:["${key.slice(0, 101)}",{"l":["x"]}]`))?.prefix);
});

test('a key is under a prefix exactly if the prefix is one of its prefixes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ':', '@', '1', '2'), minLength: 1, maxLength: 40 });
  const related = text.chain((key) =>
    fc.tuple(
      fc.constant(key),
      fc.oneof(
        text,
        fc.nat(key.length).map((end) => key.slice(0, end)),
      ),
    ),
  );
  fc.assert(
    fc.property(related, ([key, written]) => {
      const prefix = readToken(token(`p:${written}`)).token.slice(2);
      expect(isUnderPrefix(key, prefix)).toBe(prefixesOf(key).includes(prefix));
    }),
    { numRuns: 5_000 },
  );
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

test('a prefix, a tag and a key with the same text have different tokens', () => {
  expect(new Set([toToken({ prefix: 'x' }), toToken({ tag: 'x' }), toToken({ key: 'x' })]).size).toBe(3);
  expect(toToken({ tag: 'x' })).toBe(tokenOfTag('x'));
});

test('a prefix may end with a colon or as a pattern', () => {
  expect(toToken({ prefix: 'files:' })).toBe(toToken({ prefix: 'files' }));
  expect(toToken({ prefix: 'files:*' })).toBe(toToken({ prefix: 'files' }));
});

test.each<Selector>([{ prefix: '' }, { prefix: ':*' }, { tag: '' }, { key: 'k'.repeat(1_025) }, { tag: '\ud800' }])(
  '%j is rejected',
  (selector) => {
    expect(() => toToken(selector)).toThrow('expected 1 to 1024 characters');
  },
);

test.each<[unknown, string]>([
  [null, 'selector: expected one of { all: true }, { prefix, scope? }, { tag } and { key }, got null'],
  ['files', 'got "files"'],
  [{}, 'got Object'],
  [{ all: false }, 'got "all"'],
  [{ prefix: 'a', tag: 'b' }, 'got "prefix, tag"'],
  [{ tag: 'b', scope: {} }, 'got "tag, scope"'],
  [{ prefix: 'a', scopes: {} }, 'got "prefix, scopes"'],
  [{ prefix: 7 }, 'prefix: expected 1 to 1024 characters of well-formed text, got 7'],
  [{ tag: undefined }, 'selector: expected one of { all: true }'],
  [{ prefix: 'a', scope: { l: 7 } }, 'scope l: expected a list of names or a range'],
])('%j is rejected with the expected form', (selector, message) => {
  expect(() => toToken(anything(selector))).toThrow(message);
});

describe('a prefix narrowed by a scope', () => {
  test('has one token for any form of the scope, and can be parsed', () => {
    const one = toToken({ prefix: 'files:*', scope: { b: ['y', 'x'], a: { from: new Date(1), to: 2 } } });
    expect(toToken({ prefix: 'files', scope: { a: { from: 1, to: 2 }, b: ['x', 'y', 'x'] } })).toBe(one);
    expect(scopeOfToken(one)).toEqual({ prefix: 'files', scope: { a: { from: 1, to: 2 }, b: ['x', 'y'] } });
  });

  test('is the whole prefix when the scope narrows nothing', () => {
    for (const scope of [{}, { a: [] }, { a: { from: 1, to: 1 } }, { a: undefined }])
      expect(toToken({ prefix: 'files', scope })).toBe('p:files');
  });

  test('has a token of bounded length', () => {
    const names = Array.from({ length: 100 }, (_, i) => `${i}`.padStart(40, 'x'));
    const scope = { files: names, levels: ['x'], time: { from: 1, to: 2 } };
    expect(scopeOfToken(toToken({ prefix: 'p'.repeat(1_000), scope }))?.scope).toEqual({ ...scope, files: undefined });
    expect(toToken({ prefix: 'p'.repeat(1_000), scope }).length).toBeLessThan(2_100);
  });
});

describe('a token from the log', () => {
  test.each(['a', 'p:files', 't:x', 'k:files:x', 't:', 's:["files",{"l":["x"]}]'])(
    '%s is returned unchanged',
    (text) => {
      expect(readToken(token(text)).token).toBe(text);
    },
  );

  test.each([
    '',
    'x',
    'z:later',
    'all',
    's',
    's:',
    's:{',
    's:7',
    's:null',
    's:[]',
    's:["files"]',
    's:[7,{}]',
    's:["",{}]',
  ])('%j cannot be parsed and hits everything', (text) => {
    expect(readToken(token(text))).toEqual({ token: 'a', scoped: null });
  });

  test('that is not a text hits everything', () => {
    for (const value of [undefined, null, 7, ['p:x'], {}])
      expect(readToken(value as SelectorToken)).toEqual({ token: 'a', scoped: null });
  });

  test.each([
    '{}',
    '7',
    'null',
    '[]',
    '{"l":{"not":["x"]}}',
    '{"l":[7]}',
    '{"t":{"from":9,"to":1}}',
    '{"t":{"from":"1","to":2}}',
  ])('with the scope %s, which is invalid or narrows nothing, hits the whole prefix', (scope) => {
    expect(readToken(token(`s:["files",${scope}]`))).toEqual({ token: 'p:files', scoped: null });
  });

  test('is read without an error, for any value', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 20 }),
      fc.json({ maxDepth: 2 }).map((json) => `s:${json}`),
      fc.jsonValue({ maxDepth: 3 }).map((value) => `s:${JSON.stringify(['files', value])}`),
    );
    fc.assert(fc.property(texts, (text) => void expect(() => readToken(token(text))).not.toThrow()));
  });
});

test('a pattern is a whole prefix or everything, and any other pattern is rejected', () => {
  expect(selectorOfPattern('files:*')).toEqual({ prefix: 'files' });
  expect(selectorOfPattern('files')).toEqual({ prefix: 'files' });
  expect(selectorOfPattern('stats:get_stats:*')).toEqual({ prefix: 'stats:get_stats' });
  expect(selectorOfPattern('*')).toEqual({ all: true });
  for (const pattern of ['', ':*', 'fi*', '*:x', 'f?les:*', 'f[i]les:*', 'files:*:x'])
    expect(() => selectorOfPattern(pattern)).toThrow("pattern: expected a prefix followed by ':*'");
});
