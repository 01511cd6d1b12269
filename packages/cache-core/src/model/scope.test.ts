import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedScope, meets, readScope, type Scope, type ScopeInput, union } from './scope.ts';

const anything = (value: unknown) => value as ScopeInput;

describe('two scopes', () => {
  test.each<[string, Scope | null, Scope | null, boolean]>([
    ['meet when one of them is everything', null, { levels: ['ERROR'] }, true],
    ['meet when they share no dimension', { levels: ['ERROR'] }, { time: { from: 1, to: 2 } }, true],
    ['meet by a name that both have', { levels: ['INFO', 'WARN'] }, { levels: ['ERROR', 'WARN'] }, true],
    ['do not meet without a common name', { levels: ['INFO'] }, { levels: ['ERROR', 'WARN'] }, false],
    ['compare names exactly', { levels: ['error'] }, { levels: ['ERROR'] }, false],
    ['meet where their ranges overlap', { time: { from: 1, to: 3 } }, { time: { from: 2, to: 4 } }, true],
    [
      'do not meet where one range ends as the other begins',
      { t: { from: 1, to: 2 } },
      { t: { from: 2, to: 3 } },
      false,
    ],
    ['meet in the last instant of a range', { t: { from: 1, to: 2 } }, { t: { from: 1.999, to: 3 } }, true],
    ['meet where the ranges have no bounds', { t: { from: null, to: 2 } }, { t: { from: null, to: 1 } }, true],
    ['meet where bounds are open towards each other', { t: { from: 5, to: null } }, { t: { from: null, to: 6 } }, true],
    [
      'do not meet where they are open away from each other',
      { t: { from: null, to: 5 } },
      { t: { from: 5, to: null } },
      false,
    ],
    ['meet where one has a range and the other a set', { t: { from: 1, to: 2 } }, { t: ['x'] }, true],
    ['have to meet in each dimension', { l: ['x'], t: { from: 1, to: 2 } }, { l: ['x'], t: { from: 2, to: 3 } }, false],
    ['meet where an unchecked set is empty', { l: [] }, { l: ['x'] }, true],
    ['meet where an unchecked range is empty', { t: { from: 2, to: 2 } }, { t: { from: 5, to: 6 } }, true],
  ])('%s', (_, a, b, expected) => {
    expect([meets(a, b), meets(b, a)]).toEqual([expected, expected]);
  });

  test('compare large sets like small ones', () => {
    const names = (from: number, n: number) => Array.from({ length: n }, (_, i) => `n${from + i}`);
    expect(meets({ files: names(0, 100) }, { files: names(99, 100) })).toBe(true);
    expect(meets({ files: names(0, 100) }, { files: names(100, 100) })).toBe(false);
  });

  test('may name dimensions like members of every object', () => {
    const scope = checkedScope(JSON.parse('{"__proto__":["a"],"constructor":["b"],"toString":{"from":1,"to":2}}'));
    expect(Object.keys(scope).sort()).toEqual(['__proto__', 'constructor', 'toString']);
    expect(meets(scope, {})).toBe(true);
    expect(meets(scope, scope)).toBe(true);
    expect(meets(scope, checkedScope(JSON.parse('{"__proto__":["x"]}')))).toBe(false);
    expect(meets(scope, { constructor: ['x'] })).toBe(false);
  });
});

test('a member that a library adds to all objects is not a dimension of a scope', () => {
  const one: Scope = { time: { from: 1, to: 2 } };
  const other: Scope = { levels: ['ERROR'] };
  const found: boolean[] = [];
  Object.defineProperty(Object.prototype, 'levels', { value: ['added'], enumerable: true, configurable: true });
  try {
    found.push(meets(one, other), meets(other, one));
  } finally {
    Reflect.deleteProperty(Object.prototype, 'levels');
  }
  expect(found).toEqual([true, true]);
});

describe('a checked scope', () => {
  test('has the same text for any order and repetition of dimensions and names', () => {
    const one = checkedScope({ b: ['y', 'x', 'y'], a: { from: -0, to: 2 } });
    const other = checkedScope({ a: { to: 2, from: 0 }, b: ['x', 'y'] });
    expect(JSON.stringify(one)).toBe('{"a":{"from":0,"to":2},"b":["x","y"]}');
    expect(JSON.stringify(other)).toBe(JSON.stringify(one));
  });

  test('is a copy, which later changes of the input do not affect', () => {
    const levels = ['x'];
    const scope = checkedScope({ levels });
    levels.push('y');
    expect(scope).toEqual({ levels: ['x'] });
  });

  test('holds Dates as milliseconds and infinity as an open bound', () => {
    expect(checkedScope({ time: { from: new Date(5), to: new Date(7) } })).toEqual({ time: { from: 5, to: 7 } });
    expect(checkedScope({ time: { from: 5, to: Infinity } })).toEqual({ time: { from: 5, to: null } });
    expect(checkedScope({ time: { from: -Infinity, to: 7 } })).toEqual({ time: { from: null, to: 7 } });
    expect(checkedScope({ time: { from: 5 } })).toEqual({ time: { from: 5, to: null } });
  });

  const many = (n: number, name = (i: number) => `n${i}`) => Array.from({ length: n }, (_, i) => name(i));
  test.each<[string, ScopeInput]>([
    ['nothing', {}],
    ['undefined or null', { a: undefined, b: null }],
    ['a range without bounds', { a: {}, b: { from: null, to: undefined } }],
    ['an empty set, which is often no filter', { a: [] }],
    ['a range that ends where it begins, as one record does', { a: { from: 5, to: 5 } }],
    ['more than 100 names', { a: many(101) }],
    ['a name above 200 characters', { a: ['x', 'y'.repeat(201)] }],
    ['a name with a lone surrogate', { a: ['x', '\ud800'] }],
  ])('narrows nothing with %s', (_, scope) => {
    expect(checkedScope(scope)).toEqual({});
    expect(checkedScope({ ...scope, z: ['kept'] })).toEqual({ z: ['kept'] });
  });

  test('holds up to 100 distinct names of up to 200 characters', () => {
    expect(checkedScope({ a: [...many(100), ...many(100)] })['a']).toHaveLength(100);
    expect(checkedScope({ a: ['y'.repeat(200)] })).toEqual({ a: ['y'.repeat(200)] });
  });

  test('has a bounded length: its longest dimensions are coarsened first', () => {
    const long = many(100, (i) => `${i}`.padStart(60, 'x'));
    expect(checkedScope({ files: long, more: long, levels: ['x'] })).toEqual({ levels: ['x'] });
    expect(checkedScope({ files: ['abcdefgh', 'abcdefgi'], time: { from: 1, to: 2 } }, 30)).toEqual({
      time: { from: 1, to: 2 },
    });
  });

  test.each<[string, unknown, string]>([
    ['a text instead of an object', 'levels', 'scope: expected an object of dimensions, got "levels"'],
    ['null', null, 'scope: expected an object of dimensions, got null'],
    ['a list', ['levels'], 'scope: expected an object of dimensions, got Array'],
    ['a Map', new Map(), 'scope: expected an object of dimensions, got Map'],
    ['a dimension without name', { '': ['x'] }, 'scope dimension: expected 1 to 100 characters of text, got ""'],
    ['a lone surrogate', { '\ud800': ['x'] }, 'scope dimension: expected 1 to 100 characters of text'],
    ['a long name', { ['x'.repeat(101)]: ['x'] }, 'scope dimension: expected 1 to 100 characters of text'],
    ['17 dimensions', Object.fromEntries(many(17).map((d) => [d, ['x']])), 'at most 16 dimensions, got 17'],
    ['a text', { a: 'x' }, 'scope a: expected a list of names or a range { from, to }, got "x"'],
    ['a Set', { a: new Set(['x']) }, 'scope a: expected a list of names or a range { from, to }, got Set'],
    ['a Date', { a: new Date() }, 'scope a: expected a list of names or a range { from, to }, got Date'],
    [
      'an unknown name in a range',
      { a: { start: 1, to: 2 } },
      'scope a: expected a list of names or a range { from, to }, got Object',
    ],
    ['a name that is not a text', { a: ['x', 7] }, 'a name in scope a: expected text, got 7'],
    ['a hole', { a: new Array(2) }, 'a name in scope a: expected text, got undefined'],
    [
      'NaN',
      { a: { from: Number.NaN, to: 2 } },
      'scope a.from: expected a number, a valid Date, or null for no bound, got NaN',
    ],
    ['an invalid Date', { a: { from: 1, to: new Date(Number.NaN) } }, 'scope a.to: expected a number, a valid Date'],
    ['a text as bound', { a: { from: '1', to: 2 } }, 'scope a.from: expected a number'],
    ['a bigint', { a: { from: 1n, to: 2 } }, 'scope a.from: expected a number'],
    ['infinity on the wrong side', { a: { from: Infinity, to: null } }, 'scope a.from: expected a number'],
    [
      'an end before the beginning',
      { a: { from: 9, to: 3 } },
      'scope a: expected a range that begins before it ends, got "9 to 3"',
    ],
  ])('is rejected with %s', (_, scope, message) => {
    expect(() => checkedScope(anything(scope))).toThrow(message);
  });
});

test('a scope of another version that cannot be parsed means everything', () => {
  expect(readScope({ levels: ['x'] })).toEqual({ levels: ['x'] });
  for (const value of [null, 7, 'x', [], {}, { a: [] }, { a: { not: ['x'] } }, { a: ['x'], b: 7 }, { a: [null] }])
    expect(readScope(value)).toBeNull();
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => void readScope(value)));
});

describe('the union of two scopes', () => {
  test.each<[Scope | null, Scope | null, Scope | null]>([
    [null, { a: ['x'] }, null],
    [{ a: ['x'] }, { a: ['y', 'x'] }, { a: ['x', 'y'] }],
    [{ a: ['x'] }, { b: ['x'] }, null],
    [{ a: ['x'], b: ['y'] }, { b: ['z'] }, { b: ['y', 'z'] }],
    [{ t: { from: 1, to: 2 } }, { t: { from: 5, to: 6 } }, { t: { from: 1, to: 6 } }],
    [{ t: { from: 1, to: 2 } }, { t: { from: null, to: 6 } }, { t: { from: null, to: 6 } }],
    [{ t: { from: 1, to: 2 } }, { t: ['x'] }, null],
  ])('of %j and %j is %j', (a, b, both) => {
    expect(union(a, b)).toEqual(both);
    expect(union(b, a)).toEqual(both);
  });
});

describe('for any two scopes', () => {
  const bound = fc.option(fc.integer({ min: 0, max: 4 }));
  const range = fc
    .record({ from: bound, to: bound })
    .filter(({ from, to }) => from === null || to === null || from <= to);
  const part = fc.oneof(range, fc.array(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }));
  const scope: fc.Arbitrary<Scope> = fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), part);

  test('the result does not depend on their order or on whether they were checked', () => {
    fc.assert(
      fc.property(scope, scope, (a, b) => {
        expect(meets(checkedScope(a), checkedScope(b))).toBe(meets(a, b));
        expect(meets(b, a)).toBe(meets(a, b));
      }),
    );
  });

  test('a scope that meets one of them also meets their union and their coarsened forms', () => {
    fc.assert(
      fc.property(scope, scope, scope, (a, b, other) => {
        if (!meets(a, other)) return;
        expect(meets(union(checkedScope(a), checkedScope(b)), other)).toBe(true);
        expect(meets(checkedScope(a, 20), checkedScope(other, 20))).toBe(true);
      }),
    );
  });
});
