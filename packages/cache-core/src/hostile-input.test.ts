import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Load } from './engine/load.ts';
import { buildKey } from './model/key.ts';
import type { Policy } from './model/policy.ts';
import { type SimulatedProcess, SimulatedWorld } from './testing/index.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
beforeEach(async () => {
  world = new SimulatedWorld();
  one = await world.process();
});
afterEach(() => world.close());
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const read = (load: Load, key = 'k:1', policy?: Policy) => through(one.cache.getOrLoad(key, load, policy));
/** Returns the value of a call, or the code and message of its error. */
const resultOf = (call: () => Promise<unknown>) =>
  through(Promise.resolve().then(call)).catch(
    (error: { code?: string; message?: string }) => `${error.code}: ${error.message}`,
  );

describe('params', () => {
  const keyOf = (params: unknown) => resultOf(async () => buildKey({ prefix: 'p', name: 'n', params }));
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;
  class Account {
    id = 1;
  }
  const deep = () => {
    let value: unknown = 1;
    for (let i = 0; i < 10_000; i++) value = [value];
    return value;
  };

  test.each([
    ['a cycle', cycle],
    ['a BigInt', { id: 1n }],
    ['a Date', { at: new Date(0) }],
    ['a Map', new Map([[1, 2]])],
    ['a Set', new Set([1])],
    ['a function', { load: () => 1 }],
    ['a symbol', { s: Symbol('x') }],
    ['an instance of a class', new Account()],
    ['a Buffer', Buffer.from('x')],
    ['NaN', { n: Number.NaN }],
    ['infinity', [Number.POSITIVE_INFINITY]],
    ['a hole in a list', [1, undefined]],
    ['a lone surrogate', { q: '\ud800' }],
    ['10,000 levels', deep()],
  ])('with %s are rejected with the path', async (_what, params) => {
    expect(await keyOf(params)).toMatch(/^INVALID_ARGUMENT: (params|a name in params)/);
  });

  test('of 64 KB and more have short, distinct keys', async () => {
    const big = (last: string) => ({ q: 'x'.repeat(65_536) + last, list: Array.from({ length: 10_000 }, (_, i) => i) });
    const keys = [await keyOf(big('a')), await keyOf(big('b')), await keyOf(big('a'))] as string[];
    expect(keys[0]).toMatch(/^p:n:[0-9a-f]{32}$/);
    expect(keys[0]).toBe(keys[2]);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('that differ in any way have different keys, however similar they look', async () => {
    const alike = [
      1,
      '1',
      [1],
      ['1'],
      { a: 1 },
      { a: '1' },
      { a: [1] },
      null,
      [null],
      '',
      [],
      {},
      'null',
      false,
      'false',
      0,
      ''.padEnd(1),
      'é',
      'e\u0301',
      '__proto__',
      JSON.parse('{"__proto__":1}'),
      { a: null },
    ];
    const keys = await Promise.all(alike.map(keyOf));
    expect(new Set(keys).size).toBe(alike.length);
    expect(await keyOf({ a: undefined })).toBe(await keyOf({})); // undefined members count as absent
    expect(await keyOf(-0)).toBe(await keyOf(0)); // RFC 8785
  });
});

describe('a key', () => {
  test.each([
    'größe:🚀',
    '日本語:キー',
    'a b:c',
    '*:?[x]',
    '{slot}:1',
    '__proto__',
    'constructor:toString',
    '\u202eevil',
  ])('may be any Unicode text: %s', async (key) => {
    expect(await read(() => key, key)).toBe(key);
    expect(await through(one.cache.get(key))).toBe(key);
    expect(await through(one.cache.delete(key))).toBe(true);
    expect(await through(one.cache.get(key))).toBeUndefined();
  });

  test.each(['', '\0', 'a\nb', '\ud800', 'x'.repeat(1_025)])(
    'that a store could confuse with another is rejected: %j',
    async (key) => {
      for (const call of [
        () => one.cache.getOrLoad(key, () => 1),
        () => one.cache.get(key),
        () => one.cache.set(key, 1),
        () => one.cache.delete(key),
      ] as const)
        expect(await resultOf(async () => call())).toMatch(/^INVALID_ARGUMENT: key: expected 1 to 1024 bytes/);
    },
  );
});

describe('a policy', () => {
  const absurd = [
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    1e9 * 31_536_000_000,
    '5 minutes',
    '-1s',
    null,
    {},
  ] as never[];
  test.each(['freshFor', 'negativeFor', 'softTimeout', 'hardTimeout'])(
    'with an invalid %s is rejected with the name of the option',
    async (option) => {
      for (const value of absurd)
        expect(await resultOf(() => read(() => 1, `k:${option}`, { [option]: value }))).toContain(
          `INVALID_ARGUMENT: ${option}`,
        );
    },
  );

  test('with invalid stale times, jitter, early refresh, timeout or origin is rejected with the name of the option', async () => {
    for (const [policy, name] of [
      [{ staleFor: -1 }, 'staleFor'],
      [{ staleFor: { whileRevalidate: Number.NaN } }, 'staleFor.whileRevalidate'],
      [{ staleFor: { ifError: -5 } }, 'staleFor.ifError'],
      [{ jitter: 0.6 }, 'jitter'],
      [{ jitter: '10%' as never }, 'jitter'],
      [{ earlyRefresh: -1 }, 'earlyRefresh'],
      [{ hardTimeout: 0 }, 'hardTimeout'],
      [{ origin: '' }, 'origin'],
      [{ origin: 'nowhere' }, 'policy.origin'],
    ] as const)
      expect(await resultOf(() => read(() => 1, 'k:policy', policy))).toContain(`INVALID_ARGUMENT: ${name}`);
  });
});

describe('a load', () => {
  test.each([['a text'], [undefined], [null], [42], [Object.create(null)]])(
    'that throws %s rejects the read with exactly that',
    async (thrown) => {
      const rejecting: Load = () => Promise.reject(thrown);
      const throwing: Load = () => {
        throw thrown;
      };
      for (const load of [rejecting, throwing]) {
        const caught = await through(
          one.cache.getOrLoad('k:1', load).then(
            () => 'no error',
            (error: unknown) => ({ error }),
          ),
        );
        expect(caught).toEqual({ error: thrown });
      }
    },
  );

  test('that never settles fails after its timeout, and the next load runs', async () => {
    expect(await resultOf(() => read(() => new Promise(() => undefined), 'k:1', { hardTimeout: '2s' }))).toMatch(
      /^LOAD_TIMED_OUT/,
    );
    expect(await read(() => 'next')).toBe('next');
  });

  test('that resolves twice counts once, and one that settles after its timeout is not stored', async () => {
    const twice: Load = () =>
      new Promise((resolve, reject) => {
        resolve('first');
        resolve('second');
        reject(new Error('third'));
      });
    expect(await read(twice)).toBe('first');
    const late: Load = async () => {
      await world.clock.sleep(5_000);
      return 'late';
    };
    expect(await resultOf(() => read(late, 'k:2', { hardTimeout: '1s' }))).toMatch(/^LOAD_TIMED_OUT/);
    await world.clock.advance(10_000);
    expect(await through(one.cache.get('k:2'))).toBeUndefined();
  });

  test('that returns a thenable which resolves twice counts once', async () => {
    const thenable = {
      // biome-ignore lint/suspicious/noThenProperty: the test needs a badly behaved thenable
      then: (resolve: (value: string) => void) => {
        resolve('first');
        resolve('second');
      },
    };
    expect(await read(() => thenable as never)).toBe('first');
  });

  test('that changes its result later does not change the cached value', async () => {
    const result = { list: [1] };
    expect(await read(async () => result)).toEqual({ list: [1] });
    result.list.push(2);
    expect(await read(() => 'unasked')).toEqual({ list: [1] });
  });

  test.each([
    ['a stream', () => Readable.from(['chunk'])],
    ['a web stream', () => new ReadableStream()],
    ['a response', () => new Response('{}')],
    ['an iterator', () => [1, 2].values()],
    ['an async generator', () => Readable.from([1])[Symbol.asyncIterator]()],
    ['search parameters', () => new URLSearchParams('a=1')],
    ['a function', () => () => 1],
    ['a Map', () => new Map([['a', 1]])],
    ['a BigInt', () => ({ id: 1n })],
  ])('that returns %s is rejected, and nothing is cached', async (_what, load) => {
    expect(await resultOf(() => read(load as Load))).toMatch(/^INVALID_ARGUMENT: the value of k:1/);
    expect(await through(one.cache.has('k:1'))).toBe(false);
  });

  test('that returns a cycle is rejected, and one that returns 100,000 nested lists does not overflow the stack', async () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(await resultOf(() => read(() => cycle))).toMatch(/^INVALID_ARGUMENT: the value of k:1.self/);
    let deep: unknown = 'bottom';
    for (let i = 0; i < 100_000; i++) deep = [deep];
    let value: unknown = await read(() => deep);
    for (let depth = 0; Array.isArray(value); depth++) value = depth < 100_000 ? value[0] : 'deeper than it was';
    expect(value).toBe('bottom');
  });
});
