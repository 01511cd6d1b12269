import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildKey, fingerprint, MAX_KEY_BYTES, parseKey } from './key.ts';

const of = (params: unknown) => fingerprint(params);

/** Returns the meaning of params without the code under test: sorted members without undefined ones. */
function meaning(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(meaning).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    const sorted = members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${meaning(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

test('params share a fingerprint exactly when they mean the same JSON', () => {
  const params = fc.jsonValue({ maxDepth: 3 });
  fc.assert(
    fc.property(params, params, (a, b) => {
      expect(of(a) === of(b)).toBe(meaning(a) === meaning(b));
    }),
    { numRuns: 2_000 },
  );
});

test('the order of members does not matter at any depth', () => {
  expect(of({ a: 1, b: { c: 2, d: 3 } })).toBe(of({ b: { d: 3, c: 2 }, a: 1 }));
  expect(of([{ a: 1, b: 2 }])).toBe(of([{ b: 2, a: 1 }]));
  expect(of([1, 2])).not.toBe(of([2, 1]));
});

test.each([
  ['a number and its text', { a: 1 }, { a: '1' }],
  ['true and its text', { a: true }, { a: 'true' }],
  ['null and absent', { a: null }, {}],
  ['null and its text', { a: null }, { a: 'null' }],
  ['empty list and empty object', { a: [] }, { a: {} }],
  ['a list of one and its item', { a: ['x'] }, { a: 'x' }],
  ['delimiters of JSON inside values', { a: '1","b":"2' }, { a: '1', b: '2' }],
  ['delimiters of keys inside values', { a: 'x:y', b: 'z' }, { a: 'x', b: 'y:z' }],
  ['where members are nested', { a: { b: 1 } }, { a: {}, b: 1 }],
  ['composed and decomposed Unicode', { a: '\u00e9' }, { a: 'e\u0301' }],
  ['numbers beyond 2^53', { a: 2 ** 53 }, { a: 2 ** 53 + 2 }],
  ['an own member named __proto__ and none', JSON.parse('{"__proto__":{"a":1}}'), {}],
])('%s differ', (_, a, b) => {
  expect(of(a)).not.toBe(of(b));
});

test.each([
  ['absent and undefined', { a: 1, b: undefined }, { a: 1 }],
  ['1, 1.0 and 1e0', { a: 1 }, JSON.parse('{"a":1.0e0}')],
  ['0 and -0', { a: 0 }, { a: -0 }],
  ['an object without a prototype and a plain one', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
])('%s are the same', (_, a, b) => {
  expect(of(a)).toBe(of(b));
});

const cyclic: Record<string, unknown> = {};
cyclic['self'] = [cyclic];
const nested = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);

test.each([
  ['NaN', { a: Number.NaN }, 'params.a: expected a finite number, got NaN'],
  ['Infinity', [Number.POSITIVE_INFINITY], 'params[0]: expected a finite number'],
  ['a BigInt', { a: 1n }, 'params.a: expected a JSON value, got 1'],
  ['a Date', { a: new Date(0) }, 'params.a: expected a plain object, got Date'],
  ['a Map', { a: new Map() }, 'params.a: expected a plain object, got Map'],
  ['an instance of a class', { a: new URL('http://a') }, 'params.a: expected a plain object, got URL'],
  ['a function', { a: () => 1 }, 'params.a: expected a JSON value'],
  ['a symbol', { a: Symbol('s') }, 'params.a: expected a JSON value'],
  ['a cycle', cyclic, 'params.self[0]: expected a JSON value without cycles'],
  // biome-ignore lint/suspicious/noSparseArray: the test rejects it
  ['a hole in a list', { a: [1, , 3] }, 'params.a[1]: expected a JSON value, got undefined'],
  ['undefined in a list', [undefined], 'params[0]: expected a JSON value, got undefined'],
  ['a lone surrogate', { a: '\ud800' }, 'params.a: expected well-formed Unicode'],
  ['a lone surrogate in a name', { '\ud800': 1 }, 'a name in params: expected well-formed Unicode'],
  ['thousands of nested lists', nested, 'expected at most 100 levels'],
])('%s is rejected with its path', (_, params, message) => {
  expect(() => of(params)).toThrow(message);
  expect(() => of(params)).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT' }));
});

test('an object that appears twice is not a cycle', () => {
  const shared = { a: 1 };
  expect(of([shared, shared])).toBe(of([{ a: 1 }, { a: 1 }]));
});

test('a built key has the prefix, the name and 32 hex digits', () => {
  expect(buildKey({ prefix: 'stats', name: 'get_stats', params: {} })).toMatch(/^stats:get_stats:[0-9a-f]{32}$/);
});

test.each(['', 'a:b', 'a b', 'a*', 'ü', 'a'.repeat(101)])('%j is rejected as a segment of a key', (segment) => {
  expect(() => buildKey({ prefix: segment, name: 'n', params: null })).toThrow('key prefix: expected');
  expect(() => buildKey({ prefix: 'p', name: segment, params: null })).toThrow('key name: expected');
});

test('a key text is accepted unchanged, and rejected if a store could confuse it with another', () => {
  expect(parseKey('user:42 größe *')).toBe('user:42 größe *');
  for (const key of ['', 'a\nb', 'a\u0000', 'a\ud800', 'ü'.repeat(MAX_KEY_BYTES)]) {
    expect(() => parseKey(key)).toThrow('key: expected 1 to 1024 bytes');
  }
});
