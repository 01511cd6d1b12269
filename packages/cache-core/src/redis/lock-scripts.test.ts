import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Script } from './script.ts';

const [lock, extend, release] = [new Script('lock'), new Script('extend'), new Script('release')];
const FOR_MS = 60_000;
let server: Awaited<ReturnType<typeof startRedis>>;
let raw: Redis;
let subscriber: Redis;
const released: string[] = [];
let names = 0;

beforeAll(async () => {
  server = await startRedis({ role: 'queue' });
  raw = new Redis(server.url);
  subscriber = new Redis(server.url);
  subscriber.on('message', (_, name: string) => released.push(name));
  await subscriber.subscribe('scripts:lock:released');
});
afterAll(async () => {
  raw.disconnect();
  subscriber.disconnect();
  await server.stop();
});

/** The scripts, for one lock. */
function lockOf(name = `${++names}`) {
  const keys = [`scripts:lock:${name}`] as const;
  return {
    key: keys[0],
    acquire: (holder: string) => lock.run(raw, keys, [holder, FOR_MS]),
    extend: (holder: string, ms: number) => extend.run(raw, keys, [holder, ms]),
    release: (holder: string) => release.run(raw, keys, [holder]),
    /** Returns whether the release of this lock was published before this call. */
    isPublished: async () => {
      await raw.publish('scripts:lock:released', `after ${name}`);
      await expect.poll(() => released).toContain(`after ${name}`);
      return released.includes(name);
    },
  };
}

test.each([
  { refused: 0, published: false },
  { refused: 1, published: true }, // the control
  { refused: 3, published: true },
])('given $refused refused acquires, a release is published: $published', async ({ refused, published }) => {
  const it = lockOf();
  expect(await it.acquire('a')).toBe(2);
  for (let i = 0; i < refused; i++) expect(await it.acquire('b')).toBe(0);
  expect(await it.release('a')).toBe(1);
  expect(await it.isPublished()).toBe(published);
});

test('an extension keeps the mark of a waiter, and the lock of its holder', async () => {
  const it = lockOf();
  await it.acquire('a');
  await it.acquire('b');
  expect([await it.extend('b', 1), await it.extend('a', 2 * FOR_MS)]).toEqual([0, 1]);
  expect(await raw.pttl(it.key)).toBeGreaterThan(FOR_MS);
  expect([await it.release('b'), await it.release('a')]).toEqual([0, 1]);
  expect(await it.isPublished()).toBe(true);
});

test('a refused acquire does not change the lifetime of the lock', async () => {
  const it = lockOf();
  await it.acquire('a');
  await it.extend('a', 2 * FOR_MS);
  await it.acquire('b');
  expect(await raw.pttl(it.key)).toBeGreaterThan(FOR_MS);
});

test('an acquire within a second of a release returns 1, a later one 2', async () => {
  const it = lockOf();
  expect(await it.acquire('a')).toBe(2);
  await it.release('a');
  expect(await raw.pttl(it.key)).toBeLessThanOrEqual(1_000);
  expect(await it.acquire('b')).toBe(1);
  await it.release('b');
  await expect.poll(() => raw.exists(it.key)).toBe(0);
  expect(await it.acquire('c')).toBe(2);
});

test('a lock that an earlier version holds is refused and keeps its value', async () => {
  const it = lockOf();
  await raw.set(it.key, 'a', 'PX', FOR_MS);
  expect([await it.acquire('b'), await raw.get(it.key)]).toEqual([0, 'a']);
});
