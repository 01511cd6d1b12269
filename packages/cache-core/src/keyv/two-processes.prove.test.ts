import { randomUUID } from 'node:crypto';
import { createCache } from 'cache-manager';
import { Keyv } from 'keyv';
import { Keyv as Keyv6 } from 'keyv-6';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { onRedis, type StartedCache } from './testing/caches.ts';

const ROUNDS = 200;

/** The calls of one process to the store. */
interface Writer {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  del(key: string): Promise<unknown>;
  clear(): Promise<unknown>;
}

let one: StartedCache;
let other: StartedCache;
beforeAll(async () => {
  const name = randomUUID();
  [one, other] = [await onRedis(name), await onRedis(name)];
});
afterAll(() => Promise.all([one.cache.close(), other.cache.close()]));

/** Returns how often the other process still serves a value that a write of the first invalidated. */
async function countStaleReads(
  [here, there]: readonly [Writer, Writer],
  write: (key: string) => Promise<unknown>,
  rounds = ROUNDS,
): Promise<number> {
  let stale = 0;
  for (let round = 0; round < rounds; round++) {
    const key = `k${round}`;
    await here.set(key, 'old');
    if ((await there.get(key)) === undefined) await there.set(key, 'old'); // without a shared store it has its own
    await write(key);
    if ((await there.get(key)) === 'old') stale++;
  }
  return stale;
}

const KINDS: Record<string, (started: StartedCache) => Writer> = {
  'cache-manager on Keyv 5': (started) => createCache({ stores: [new Keyv({ store: started.store() })] }),
  'Keyv 6': (started) => {
    const keyv = new Keyv6({ store: started.store(), namespace: 'six' });
    return {
      get: (key) => keyv.get(key),
      set: (key, value) => keyv.set(key, value),
      del: (key) => keyv.delete(key),
      clear: () => keyv.clear(),
    };
  },
};

describe.each(Object.entries(KINDS))('two processes with %s', (_, make) => {
  test(`a get never returns a value that the other deleted, in ${ROUNDS} of ${ROUNDS} rounds`, async () => {
    const here = make(one);
    expect(await countStaleReads([here, make(other)], (key) => here.del(key))).toBe(0);
  });

  test('a get never returns a value that the other replaced or cleared', async () => {
    const here = make(one);
    expect(await countStaleReads([here, make(other)], (key) => here.set(key, 'new'), 50)).toBe(0);
    expect(await countStaleReads([here, make(other)], () => here.clear(), 50)).toBe(0);
  });
});

test('with a memory store per process, the other still returns deleted values', async () => {
  const here = createCache({ stores: [new Keyv()] });
  const there = createCache({ stores: [new Keyv()] });
  expect(await countStaleReads([here, there], (key) => here.del(key))).toBe(ROUNDS);
});
