import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EntryCodec } from '../envelope/entry-codec.ts';
import { encoded, entryWith } from '../envelope/testing/entries.ts';
import { parseKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';

const KEY = parseKey('cut:1');
const OTHER = parseKey('whole:1');

let world: SimulatedWorld;
let one: SimulatedProcess;
beforeEach(async () => {
  world = new SimulatedWorld();
  one = await world.process();
  await store(KEY, '{"cut');
});
afterEach(() => world.close());

/** An entry as another process would store it, with a right checksum, and any body. */
async function store(key: string, body: string, times: { freshForMs?: number } = {}): Promise<void> {
  const now = world.clock.now();
  const freshUntil = now + (times.freshForMs ?? 60_000);
  const until = { loadedAt: now, freshUntil, revalidateUntil: now + 60_000, staleUntil: now + 60_000 };
  const entry = entryWith({ ...one.cache.internal.engine.follower.stamp, ...until, body: Buffer.from(body) });
  world.shared.write(key, await encoded(new EntryCodec(), key, entry));
}

const through = <Result>(work: Promise<Result>) => world.clock.through(work);
const complaints = () => one.logged.filter((line) => line.includes(`ignored the bytes stored under ${KEY}`));

describe('a body with a valid checksum that is not JSON is a miss and is logged once', () => {
  test('for a reader of the value', async () => {
    const read = () => through(one.cache.getOrLoadWithOutcome(KEY, () => 'loaded'));
    expect(await read()).toMatchObject({ value: 'loaded', outcome: { outcome: 'miss', stored: true } });
    expect(await read()).toMatchObject({ value: 'loaded', outcome: { outcome: 'hit', tier: 'memory' } });
    expect(complaints()).toEqual([expect.stringContaining('its body is not JSON (damaged)')]);
  });

  test('for a reader of the bytes, once a reader of the value has found it', async () => {
    const read = () => through(one.cache.internal.reader.read(KEY, () => 'loaded', resolvePolicy(), null));
    // The checksum proves that a process has written these bytes: a reader of the bytes does not parse them.
    expect((await read()).cached.body.toString()).toBe('{"cut');
    expect(await through(one.cache.get(KEY))).toBeUndefined();
    const { cached, outcome } = await read();
    expect([cached.body.toString(), outcome.outcome]).toEqual(['"loaded"', 'miss']);
    expect(complaints()).toHaveLength(1);
  });

  test('without a valid checksum, it is a miss for a reader of the bytes, too', async () => {
    const bytes = world.shared.read(KEY) ?? Buffer.alloc(0);
    bytes.write('1', bytes.length - 5); // the last byte of the body
    world.shared.write(KEY, bytes);
    const read = one.cache.internal.reader.read(KEY, () => 'loaded', resolvePolicy(), null);
    expect((await through(read)).outcome.outcome).toBe('miss');
    expect(complaints()).toEqual([expect.stringContaining('checksum')]);
  });

  test('for get, has and getMany', async () => {
    await store(OTHER, '"whole"');
    expect(await through(one.cache.getMany([KEY, OTHER]))).toEqual([undefined, 'whole']);
    await store(KEY, '{"cut');
    expect(await through(one.cache.has(KEY))).toBe(false);
    await store(KEY, '{"cut');
    expect(await through(one.cache.get(KEY))).toBeUndefined();
    expect(complaints()).toHaveLength(1);
  });

  test('for a batch, whose other keys are found', async () => {
    await store(OTHER, '"whole"');
    const asked: unknown[] = [];
    const load = async (keys: readonly string[]) => {
      asked.push(keys);
      return keys.map(() => 'loaded');
    };
    expect(await through(one.cache.getOrLoadMany([KEY, OTHER], load))).toEqual(['loaded', 'whole']);
    expect(asked).toEqual([[KEY]]);
    expect(complaints()).toHaveLength(1);
  });

  test('for a load, which gets no stale answer', async () => {
    await store(KEY, '{"cut', { freshForMs: -1 });
    const seen: unknown[] = [];
    const load = (context: { readonly stale: unknown }) => {
      seen.push(context.stale);
      return 'loaded';
    };
    await through(one.cache.getOrLoad(KEY, load));
    await world.clock.advance(1);
    expect(await through(one.cache.getOrLoad(KEY, load))).toBe('loaded');
    expect(seen).not.toContainEqual(expect.objectContaining({ value: expect.anything() }));
  });

  test('even if its removal from the shared tier is rejected', async () => {
    const shared = world.shared.connect();
    const process = await world.process({ ports: { shared: { ...shared, remove: async () => false } } });
    const read = () => through(process.cache.getOrLoadWithOutcome(KEY, () => 'loaded', { freshFor: 0, staleFor: 0 }));
    for (let i = 0; i < 3; i++) expect(await read()).toMatchObject({ value: 'loaded', outcome: { outcome: 'miss' } });
    expect(process.logged.filter((line) => line.includes('ignored the bytes'))).toHaveLength(1);
  });
});

test('a valid answer of another process is decoded once for all its readers', async () => {
  await store(OTHER, '{"rows":[1,2]}');
  const read = () => through(one.cache.getOrLoadWithOutcome<unknown>(OTHER, () => 'loaded'));
  const first = await read();
  expect(first).toMatchObject({ value: { rows: [1, 2] }, outcome: { outcome: 'hit', tier: 'redis' } });
  expect((await read()).value).toBe(first.value);
});
