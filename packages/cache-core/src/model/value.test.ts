import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidArgument } from './errors.ts';
import { parseKey } from './key.ts';
import { etagOf, frozenValue, toBody } from './value.ts';

const KEY = parseKey('stats:get_stats:1');

const roundTrip = (value: unknown): unknown => frozenValue(toBody(KEY, value)).value;

class Point {
  readonly x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}

const nested = (levels: number, leaf: unknown = []): unknown => {
  let value = leaf;
  for (let i = 0; i < levels; i++) value = i % 2 ? [value] : { in: value };
  return value;
};

test('every JSON value is returned unchanged', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(roundTrip(value)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

describe('a value without a JSON form is returned as JSON.stringify writes it:', () => {
  test.each<[string, unknown, unknown]>([
    ['undefined', undefined, undefined],
    [
      'members that are undefined, functions or symbols are omitted',
      { a: undefined, b: () => 1, c: Symbol(), d: 1 },
      { d: 1 },
    ],
    ['items that are undefined, functions or holes are null', [undefined, () => 1, new Array(1)], [null, null, [null]]],
    ['NaN and infinity are null', [Number.NaN, Number('1e400'), -Infinity], [null, null, null]],
    ['minus zero is zero', [-0], [0]],
    ['a Date is its ISO text', { at: new Date(0) }, { at: '1970-01-01T00:00:00.000Z' }],
    ['an object with toJSON is the result of toJSON', { a: { toJSON: () => ({ b: 1 }) } }, { a: { b: 1 } }],
    ['an instance of a class is its own members', new Point(), { x: 1 }],
    ['a boxed text is the text', [Object('a')], ['a']],
    ['an object without a prototype is an object', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
  ])('%s', (_, value, comesBack) => {
    expect(roundTrip(value)).toStrictEqual(comesBack);
  });
});

describe('a part that JSON cannot hold or would silently change is rejected with its path:', () => {
  const cycle: Record<string, unknown> = { name: 'a' };
  const twice = { d: 1 };
  cycle['self'] = { list: [1, cycle] };
  test.each<[string, unknown, string]>([
    ['a BigInt', { rows: [{ id: 1 }, { id: 2n }] }, 'the value of stats:get_stats:1.rows[1].id'],
    [
      'a BigInt beside an object that appears twice',
      { a: twice, b: twice, c: 1n },
      'the value of stats:get_stats:1.c: expected',
    ],
    ['a BigInt alone', 1n, 'the value of stats:get_stats:1: expected a JSON value, got 1'],
    ['a cycle', cycle, 'the value of stats:get_stats:1.self.list[1]: expected a JSON value without cycles'],
    ['a BigInt that toJSON returns', { a: { toJSON: () => ({ b: 1n }) } }, 'the value of stats:get_stats:1.a.b'],
    ['a Map', { a: [new Map([[1, 2]])] }, 'the value of stats:get_stats:1.a[0]: expected a JSON value, got Map'],
    ['a Set', new Set([1]), 'got Set'],
    [
      'a Promise that no caller awaited',
      { a: Promise.resolve(1) },
      'stats:get_stats:1.a: expected a JSON value, got Promise',
    ],
    ['an error', { failed: new TypeError('no') }, 'stats:get_stats:1.failed: expected a JSON value, got TypeError'],
    ['bytes', new Uint8Array(3), 'got Uint8Array'],
    ['a regular expression', /a/, 'got RegExp'],
    ['a stream', new PassThrough(), 'got PassThrough'],
    ['a web stream', new ReadableStream(), 'got ReadableStream'],
    ['a generator', { rows: [1].values() }, 'stats:get_stats:1.rows'],
    ['a function', () => 1, 'expected a JSON value'],
    ['a symbol', Symbol('a'), 'expected a JSON value'],
  ])('%s', (_, value, message) => {
    expect(() => toBody(KEY, value)).toThrow(InvalidArgument);
    expect(() => toBody(KEY, value)).toThrow(message);
  });
});

test('an object that appears twice is not a cycle', () => {
  const shared = { a: 1 };
  expect(roundTrip([shared, { shared }, shared])).toEqual([{ a: 1 }, { shared: { a: 1 } }, { a: 1 }]);
});

test('an error from a getter or toJSON of the value is rethrown unchanged', () => {
  const error = new Error('mine');
  const throws = () => {
    throw error;
  };
  expect(() => toBody(KEY, { toJSON: throws })).toThrow(error);
  expect(() => toBody(KEY, Object.defineProperty({}, 'a', { get: throws, enumerable: true }))).toThrow(error);
});

test('10,000 levels are returned deeply frozen or rejected with the key, never with a RangeError', () => {
  const leaf: unknown[] = [];
  const deep = nested(10_000, leaf);
  let value = roundTrip(deep);
  for (let i = 0; i < 10_000; i++) {
    expect(Object.isFrozen(value)).toBe(true);
    value = Object.values(value as object)[0];
  }
  expect(value).toEqual([]);
  const withToJson = nested(100_000, { toJSON: () => deep });
  expect(() => {
    try {
      toBody(KEY, withToJson);
    } catch (error) {
      if (!(error instanceof InvalidArgument)) throw error;
    }
  }).not.toThrow();
});

test('names like __proto__ are ordinary members and do not change a prototype', () => {
  const value = roundTrip(JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"toString":3}')) as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect('polluted' in value).toBe(false);
  expect(Object.isFrozen(Object.getOwnPropertyDescriptor(value, '__proto__')?.value)).toBe(true);
});

test('a lone surrogate and a text of 20 MB are returned unchanged', () => {
  const long = 'я'.repeat(10_000_000);
  expect(roundTrip(['\ud800', '\udc00\ud800', '😀'])).toEqual(['\ud800', '\udc00\ud800', '😀']);
  expect(roundTrip(long) === long).toBe(true);
});

test('a reader cannot change any part of a value', () => {
  const value = roundTrip({ list: [1, { a: [] }], map: { a: { b: null } } }) as { list: unknown[]; map: { a: object } };
  expect(() => value.list.push(2)).toThrow(TypeError);
  expect(() => Object.assign(value.list[1] as object, { a: 2 })).toThrow(TypeError);
  expect(() => Object.assign(value.map.a, { c: 2 })).toThrow(TypeError);
  expect(
    () =>
      Reflect.deleteProperty(value.map, 'a') ||
      (() => {
        throw new TypeError();
      })(),
  ).toThrow(TypeError);
});

test('freezing a value does not freeze members inherited from Object.prototype', () => {
  const foreign = { mine: 1 };
  Object.defineProperty(Object.prototype, 'polluted', {
    value: foreign,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  try {
    roundTrip({ a: { b: 1 } });
    expect(Object.isFrozen(foreign)).toBe(false);
  } finally {
    Reflect.deleteProperty(Object.prototype, 'polluted');
  }
});

test('equal bytes have equal entity tags, different bytes different ones', () => {
  expect(etagOf(toBody(KEY, { a: 1 }))).toBe(etagOf(Buffer.from('{"a":1}')));
  expect(etagOf(toBody(KEY, { a: 1 }))).not.toBe(etagOf(toBody(KEY, { a: 2 })));
});
