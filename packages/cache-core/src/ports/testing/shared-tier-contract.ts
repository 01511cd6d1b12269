import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EntryCodec } from '../../envelope/entry-codec.ts';
import type { Entry } from '../../model/entry.ts';
import { stampOf } from '../../testing/memory-shared-server.ts';
import type { SharedTier } from '../shared-tier.ts';
import { prefixes, reclaims } from './shared-tier-contract-reclaims.ts';
import { entry, envelopeOf, HOUR_MS, keysOf, type Suite, type TierUnderTest } from './tier-under-test.ts';

/** The contract of every shared tier. */
export function tierContract(name: string, start: () => Promise<TierUnderTest>): void {
  describe(name, () => {
    let store: TierUnderTest;
    beforeAll(async () => {
      store = await start();
    });
    afterAll(() => store.close());
    const fill = async (key: string, filled: Entry, ttlMs = HOUR_MS) =>
      store.tier.fill(key, await envelopeOf(key, filled), filled, ttlMs);
    const asOf = async (key: string) => {
      const bytes = await store.tier.get(key);
      return (bytes && stampOf(bytes)?.asOf) ?? null;
    };
    const suite: Suite = { store: () => store, fill, asOf };
    fills(suite);
    foreignBytes(suite);
    batches(suite);
    reclaims(suite);
    prefixes(suite);
    outOfReach(suite);
  });
}

function fills({ store, fill, asOf }: Suite): void {
  test('a fill replaces an entry unless that has a newer stamp', async () => {
    const key = 'files:list:cas';
    expect(await fill(key, entry(5, 10))).toBe(true);
    expect(await fill(key, entry(5, 9))).toBe(false);
    expect(await fill(key, entry(4, 99))).toBe(false);
    expect(await asOf(key)).toBe(10);
    expect(await fill(key, entry(5, 10))).toBe(true);
    expect(await fill(key, entry(5, 11))).toBe(true);
    expect(await fill(key, entry(6, 0))).toBe(true);
    expect(await asOf(key)).toBe(0);
  });

  test('of concurrent fills the one with the newest stamp stays', async () => {
    const key = 'files:list:race';
    const order = [3, 9, 1, 7, 10, 2, 8, 4, 6, 5];
    await Promise.all(order.map((position) => fill(key, entry(5, position))));
    expect(await asOf(key)).toBe(10);
  });

  test('stamps are compared as numbers over their whole range', async () => {
    const key = 'files:list:range';
    expect(await fill(key, entry(1_700_000_000_001, 2 ** 40))).toBe(true);
    expect(await fill(key, entry(1_700_000_000_001, 2 ** 40 - 1))).toBe(false);
    expect(await fill(key, entry(1_700_000_000_000, 2 ** 50))).toBe(false);
  });

  test('every entry has the time to live of its last fill', async () => {
    const key = 'files:list:ttl';
    await fill(key, entry(5, 1), 50_000);
    const first = await store().tier.ttlMs(key);
    expect(first).toBeGreaterThan(40_000);
    expect(first).toBeLessThanOrEqual(50_000);
    await fill(key, entry(5, 2), 500_000);
    expect(await store().tier.ttlMs(key)).toBeGreaterThan(400_000);
    expect(await store().tier.ttlMs('files:list:nothing')).toBeNull();
  });

  test('any bytes come back unchanged, and a missing key returns null', async () => {
    const body = Buffer.from(Array.from({ length: 4_096 }, (_, i) => i % 256));
    const key = 'files:list:größe 🚀';
    await fill(key, entry(5, 1, body));
    const decoded = await new EntryCodec().decode(key, (await store().tier.get(key)) ?? Buffer.alloc(0));
    expect(decoded).toMatchObject({ body });
    expect(await store().tier.get('files:list:nothing')).toBeNull();
    expect(await store().tier.remove(key)).toBe(true);
    expect(await store().tier.remove(key)).toBe(false);
    expect(await store().tier.get(key)).toBeNull();
  });
}

function foreignBytes({ store, fill, asOf }: Suite): void {
  test('damaged and foreign bytes are returned unchanged and replaced by the next fill', async () => {
    const damaged = [Buffer.alloc(0), Buffer.from('{"legacy":true}'), Buffer.from('PLC1'), Buffer.alloc(200, 0xff)];
    for (const [i, bytes] of damaged.entries()) {
      const key = `files:list:damaged-${i}`;
      await store().write(key, bytes);
      expect(await store().tier.get(key)).toEqual(bytes);
      expect(await fill(key, entry(5, i))).toBe(true);
      expect(await asOf(key)).toBe(i);
    }
  });

  test('a value that is not a string is a miss and replaced by the next fill', async () => {
    const key = 'files:list:foreign';
    await store().writeForeign(key);
    for (let i = 0; i < 10; i++) expect(await store().tier.get(key)).toBeNull();
    expect(await fill(key, entry(5, 1))).toBe(true);
    expect(await asOf(key)).toBe(1);
  });
}

function batches({ store, fill }: Suite): void {
  test('many keys are answered in order, with null for those that are missing', async () => {
    const bytes = await envelopeOf('files:list:many-0', entry(5, 1, Buffer.from([0xff, 0x00, 0xfe])));
    await store().write('files:list:many-0', bytes);
    await store().write('stats:many-2', Buffer.from('{"legacy":true}'));
    await store().writeForeign('files:list:foreign-many');
    const keys = ['files:list:many-0', 'files:list:many-1', 'stats:many-2', 'files:list:foreign-many'];
    const both = [...keys, ...keys.toReversed()];
    const answers = [bytes, null, Buffer.from('{"legacy":true}'), null];
    const got = await Promise.all(both.map((key) => store().tier.get(key)));
    expect(got).toEqual([...answers, ...answers.toReversed()]);
    expect(await manyOf(store().tier, both)).toEqual([...answers, ...answers.toReversed()]);
    expect(await manyOf(store().tier, [])).toEqual([]);
  });

  test('one read of thousands of keys beside single reads answers each', async () => {
    const keys = Array.from({ length: 3_000 }, (_, i) => `files:together:${i}`);
    await Promise.all(keys.slice(0, 50).map((key, i) => fill(key, entry(5, i))));
    const [many, ...single] = await Promise.all([
      manyOf(store().tier, keys),
      ...keys.slice(40, 60).map((key) => store().tier.get(key)),
    ]);
    const positions = (answers: readonly (Buffer | null | Error)[]) =>
      answers.map((bytes) => bytes instanceof Buffer && stampOf(bytes)?.asOf);
    const filled = keys.map((_, i) => i < 50 && i);
    expect([positions(many), positions(single)]).toEqual([filled, filled.slice(40, 60)]);
  });

  test('concurrent single reads each get their own entry', async () => {
    const keys = Array.from({ length: 600 }, (_, i) => `files:gathered:${i}`);
    await Promise.all(keys.slice(0, 300).map((key, i) => fill(key, entry(5, i))));
    const answers = await Promise.all([...keys, ...keys].map((key) => store().tier.get(key)));
    const filled = keys.map((_, i) => (i < 300 ? i : null));
    expect(answers.map((bytes) => (bytes && stampOf(bytes)?.asOf) ?? null)).toEqual([...filled, ...filled]);
  });

  test('thousands of keys read in one turn are all answered', async () => {
    const keys = Array.from({ length: 3_000 }, (_, i) => `files:thousands:${i}`);
    await Promise.all(keys.slice(0, 50).map((key) => fill(key, entry(5, 1))));
    const answers = await Promise.all(keys.toReversed().map((key) => store().tier.get(key)));
    expect(answers.toReversed().map((bytes) => bytes !== null)).toEqual(keys.map((_, i) => i < 50));
  });
}

/** Reads keys at once, as the cache does: `getMany` is optional. */
async function manyOf(tier: SharedTier, keys: readonly string[]): Promise<readonly (Buffer | null | Error)[]> {
  return tier.getMany ? tier.getMany(keys) : Promise.all(keys.map((key) => tier.get(key)));
}

function outOfReach({ store, fill }: Suite): void {
  test('given a server that never answers, calls reject in bounded time', async () => {
    await store().clear();
    store().freeze();
    const { tier } = store();
    const calls = [
      tier.get('files:list:1'),
      fill('files:list:1', entry(5, 1)),
      tier.remove('a'),
      tier.reclaimKeys(['a'], { epoch: 5, asOf: 1 }),
      tier.ttlMs('a'),
      keysOf(store(), 'files'),
    ];
    const many = manyOf(tier, ['files:list:1', 'files:list:2']).catch((error: unknown) => [error, error]);
    const settled = await store().through(Promise.allSettled(calls));
    const errors = await store().through(many);
    await store().thaw();
    expect(errors).toMatchObject([{ code: 'UNREACHABLE' }, { code: 'UNREACHABLE' }]);
    expect(settled.map((call) => call.status === 'rejected' && call.reason?.code)).toEqual(
      calls.map(() => 'UNREACHABLE'),
    );
  });
}
