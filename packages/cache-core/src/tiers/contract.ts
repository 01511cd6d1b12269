import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Entry } from '../entry.ts';
import { EntryCodec } from '../envelope/entry-codec.ts';
import { stampOf } from '../envelope/envelope.ts';
import type { SharedTier } from './port.ts';

/** A shared tier whose store the suite can reach past it. */
export interface TierUnderTest {
  readonly tier: SharedTier;
  /** What another program may have left under a key. */
  write(key: string, bytes: Buffer): Promise<void>;
  /** Something that is not bytes at all, where the store knows such a thing. */
  writeForeign(key: string): Promise<void>;
  clear(): Promise<void>;
  freeze(): void;
  thaw(): Promise<void>;
  through<Result>(promise: Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

function entry(epoch: number, asOf: number, body: Buffer = Buffer.from('{"a":1}')): Entry {
  const times = { loadedAt: 1_000, freshUntil: 2_000, revalidateUntil: 2_500, staleUntil: 3_000, loadMs: 7 };
  return { epoch, asOf, body, etag: 'e'.repeat(22), tags: [], scope: null, ...times };
}

async function envelopeOf(key: string, filled: Entry): Promise<Buffer> {
  const bytes = await new EntryCodec().encode(key, filled);
  if (!bytes) throw new Error(`expected an envelope for ${key}, got none`);
  return bytes;
}

/** What every shared tier keeps, whatever it is made of. */
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
    outOfReach(suite);
  });
}

interface Suite {
  store(): TierUnderTest;
  fill(key: string, filled: Entry, ttlMs?: number): Promise<boolean>;
  asOf(key: string): Promise<number | null>;
}

function fills({ store, fill, asOf }: Suite): void {
  test('a fill never takes the place of an entry with a newer stamp, and does of one with the same or an older', async () => {
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

  test('of fills at the same moment the one with the newest stamp stays', async () => {
    const key = 'files:list:race';
    const order = [3, 9, 1, 7, 10, 2, 8, 4, 6, 5];
    await Promise.all(order.map((position) => fill(key, entry(5, position))));
    expect(await asOf(key)).toBe(10);
  });

  test('stamps are compared as numbers of their whole range', async () => {
    const key = 'files:list:range';
    expect(await fill(key, entry(1_700_000_000_001, 2 ** 40))).toBe(true);
    expect(await fill(key, entry(1_700_000_000_001, 2 ** 40 - 1))).toBe(false);
    expect(await fill(key, entry(1_700_000_000_000, 2 ** 50))).toBe(false);
  });

  test('every entry has a time to live: the one of its last fill', async () => {
    const key = 'files:list:ttl';
    await fill(key, entry(5, 1), 50_000);
    const first = await store().tier.ttlMs(key);
    expect(first).toBeGreaterThan(40_000);
    expect(first).toBeLessThanOrEqual(50_000);
    await fill(key, entry(5, 2), 500_000);
    expect(await store().tier.ttlMs(key)).toBeGreaterThan(400_000);
    expect(await store().tier.ttlMs('files:list:nothing')).toBeNull();
  });

  test('any bytes come back as they were, and nothing comes back where nothing was', async () => {
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
  test('damaged and foreign bytes are given as they are, and the next fill takes their place', async () => {
    const damaged = [Buffer.alloc(0), Buffer.from('{"legacy":true}'), Buffer.from('PLC1'), Buffer.alloc(200, 0xff)];
    for (const [i, bytes] of damaged.entries()) {
      const key = `files:list:damaged-${i}`;
      await store().write(key, bytes);
      expect(await store().tier.get(key)).toEqual(bytes);
      expect(await fill(key, entry(5, i))).toBe(true);
      expect(await asOf(key)).toBe(i);
    }
  });

  test('what is no text under a key is a miss, never an error to a reader, and the next fill takes its place', async () => {
    const key = 'files:list:foreign';
    await store().writeForeign(key);
    for (let i = 0; i < 10; i++) expect(await store().tier.get(key)).toBeNull();
    expect(await fill(key, entry(5, 1))).toBe(true);
    expect(await asOf(key)).toBe(1);
  });
}

function reclaims({ store, fill, asOf }: Suite): void {
  test('reclaim removes what was loaded before the stamp, nothing else, and says how many', async () => {
    await store().clear();
    for (let i = 0; i < 1_500; i++) await fill(`files:list:${i}`, entry(5, i));
    await fill('files:other-epoch:1', entry(4, 9_999));
    expect(await store().tier.reclaim('files', { epoch: 5, asOf: 1_000 })).toBe(1_001);
    expect(await asOf('files:list:1000')).toBe(1_000);
    expect(await store().tier.get('files:list:999')).toBeNull();
    expect((await keysOf(store(), 'files')).size).toBe(500);
  });

  test('reclaim and scan mean the prefix as it is written: not a longer one, no pattern', async () => {
    await store().clear();
    const prefixes = ['files', 'files2', 'f*', 'fi', 'a[bc]', 'ab', 'x?', 'xy', 'back\\slash', 'files:list'];
    for (const prefix of prefixes) await fill(`${prefix}:k:1`, entry(5, 1));
    const later = { epoch: 5, asOf: 2 };
    for (const prefix of ['f*', 'a[bc]', 'x?', 'back\\slash', 'files:list'])
      expect([await keysOf(store(), prefix), await store().tier.reclaim(prefix, later)]).toEqual([
        new Set([`${prefix}:k:1`]),
        1,
      ]);
    expect(await store().tier.reclaim('files', later)).toBe(1);
    expect((await keysOf(store(), null)).size).toBe(4);
    expect(await store().tier.reclaim(null, later)).toBe(4);
  });

  test('reclaim leaves alone what is no entry', async () => {
    await store().clear();
    await store().write('files:list:legacy', Buffer.from('not an entry'));
    await store().writeForeign('files:list:foreign');
    expect(await store().tier.reclaim('files', { epoch: 5, asOf: 1 })).toBe(0);
  });

  test('a scan gives every key in bounded batches, and nothing where nothing is', async () => {
    await store().clear();
    const keys = Array.from({ length: 5_000 }, (_, i) => `files:list:${i}`);
    for (let i = 0; i < keys.length; i += 500)
      await Promise.all(keys.slice(i, i + 500).map((key) => fill(key, entry(5, 1))));
    const sizes: number[] = [];
    const seen = new Set<string>();
    for await (const batch of store().tier.scan('files')) {
      sizes.push(batch.length);
      for (const key of batch) seen.add(key);
    }
    expect(seen).toEqual(new Set(keys));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_000);
    expect(await keysOf(store(), 'nothing')).toEqual(new Set());
  });
}

function batches({ store, fill }: Suite): void {
  test('many keys are answered in their order: bytes as they were, null for what is not there or no text', async () => {
    const bytes = await envelopeOf('files:list:many-0', entry(5, 1, Buffer.from([0xff, 0x00, 0xfe])));
    await store().write('files:list:many-0', bytes);
    await store().write('stats:many-2', Buffer.from('{"legacy":true}'));
    await store().writeForeign('files:list:foreign-many');
    const keys = ['files:list:many-0', 'files:list:many-1', 'stats:many-2', 'files:list:foreign-many'];
    const both = [...keys, ...keys.toReversed()];
    const answers = [bytes, null, Buffer.from('{"legacy":true}'), null];
    expect(await store().tier.getMany(both)).toEqual([...answers, ...answers.toReversed()]);
    expect(await store().tier.getMany([])).toEqual([]);
  });

  test('many asked for one by one at the same time each get their own', async () => {
    const keys = Array.from({ length: 600 }, (_, i) => `files:gathered:${i}`);
    await Promise.all(keys.slice(0, 300).map((key, i) => fill(key, entry(5, i))));
    const answers = await Promise.all([...keys, ...keys].map((key) => store().tier.get(key)));
    const filled = keys.map((_, i) => (i < 300 ? i : null));
    expect(answers.map((bytes) => (bytes && stampOf(bytes)?.asOf) ?? null)).toEqual([...filled, ...filled]);
  });

  test('thousands of keys in one call are all answered', async () => {
    const keys = Array.from({ length: 3_000 }, (_, i) => `files:thousands:${i}`);
    await Promise.all(keys.slice(0, 50).map((key) => fill(key, entry(5, 1))));
    const answers = await store().tier.getMany(keys.toReversed());
    expect(answers.toReversed().map((bytes) => bytes !== null)).toEqual(keys.map((_, i) => i < 50));
  });
}

async function keysOf({ tier }: TierUnderTest, prefix: string | null): Promise<Set<string>> {
  const keys = new Set<string>();
  for await (const batch of tier.scan(prefix)) for (const key of batch) keys.add(key);
  return keys;
}

function outOfReach({ store, fill }: Suite): void {
  test('with a server that takes commands and never answers, calls reject in bounded time', async () => {
    await store().clear();
    store().freeze();
    const { tier } = store();
    const calls = [
      tier.get('files:list:1'),
      fill('files:list:1', entry(5, 1)),
      tier.remove('a'),
      tier.getMany(['a', 'b']),
      tier.ttlMs('a'),
      keysOf(store(), 'files'),
    ];
    const settled = await store().through(Promise.allSettled(calls));
    await store().thaw();
    expect(settled.map((call) => call.status === 'rejected' && call.reason?.code)).toEqual(
      calls.map(() => 'UNREACHABLE'),
    );
  });
}
