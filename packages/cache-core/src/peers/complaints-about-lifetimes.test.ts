import { expect, test } from 'vitest';
import type { Policy } from '../model/policy.ts';
import type { SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'rates:eur';
const POLICY = { freshFor: '10s', staleFor: 0, jitter: 0, earlyRefresh: 0 } as const;
const DAY_MS = 86_400_000;
const read = ({ cache }: SimulatedProcess, load: () => unknown, policy: Policy = POLICY) =>
  through(cache.getOrLoadWithOutcome(KEY, load, policy));

// Complaint: A long time overflows and ends at once. Here up to 366 days are allowed.
// Threads: Julien-R44/bentocache#61, ben-manes/caffeine#217
test('a time beyond the longest timer does not overflow', async () => {
  const policy = { ...POLICY, freshFor: '90d' } as const;
  await read(one, () => 'kept', policy);
  const { outcome } = await read(one, () => 'asked again', policy);
  expect(outcome).toMatchObject({ outcome: 'hit', ttlMs: 90 * DAY_MS });
  expect(world.shared.ttlMs(KEY)).toBe(90 * DAY_MS);
});

// Complaint: A negative time is cached.
// Threads: varnishcache/varnish-cache#887
// Complaint: It is unclear whether a time is in seconds or milliseconds. Here texts have units; only `set(key, value, seconds)` takes seconds, for compatibility.
// Threads: jaredwray/cacheable#348, nestjs/nest#10876
test.each([-1, '-5s', Number.POSITIVE_INFINITY, Number.NaN, '400d', '5 minutes', '1', ''] as const)(
  'a time of %s is refused by policy, load and set',
  async (freshFor) => {
    const invalid = { code: 'INVALID_ARGUMENT', message: expect.stringContaining('freshFor') };
    const given = freshFor as number;
    await expect(read(one, () => 1, { freshFor: given })).rejects.toMatchObject(invalid);
    await expect(through(one.cache.getOrLoad(KEY, (load) => load.freshFor(given)))).rejects.toMatchObject(invalid);
    expect(await through(one.cache.set(KEY, 1, { freshFor: given })).catch((error) => error)).toMatchObject(invalid);
  },
);

// Complaint: A time of 0, or from a function, is overridden by the default.
test('an answer that is fresh for 0 ms is loaded by each later reader', async () => {
  const policy = { ...POLICY, freshFor: 0 };
  let loads = 0;
  for (let i = 1; i <= 3; i++) expect(await read(one, () => ++loads, policy)).toMatchObject({ value: i });
  await world.clock.settle();
  expect(world.shared.read(KEY)).toBeNull();
});

// Complaint: A time of 0, or from a function, is overridden by the default.
// Threads: mcollina/async-cache-dedupe#30, mcollina/async-cache-dedupe#38, varnishcache/varnish-cache#1315, varnishcache/varnish-cache#4041
test('a time set by the load overrides the policy’s, including 0', async () => {
  const secondsOf = async (seconds: number) => {
    await through(one.cache.getOrLoad(KEY, ({ freshFor }) => freshFor(seconds * 1_000), { ...POLICY, freshFor: '1h' }));
    await world.clock.settle();
    return (world.shared.ttlMs(KEY) ?? 0) / 1_000;
  };
  expect(await secondsOf(0)).toBe(0);
  expect(await secondsOf(7)).toBe(7);
});

test('times set by a load apply to its key only and do not change the policy', async () => {
  const policy = { ...POLICY, freshFor: '1h' } as const;
  await through(one.cache.getOrLoad('rates:usd', ({ freshFor }) => freshFor('1s'), policy));
  expect(policy.freshFor).toBe('1h');
  expect((await read(one, () => 'euro', policy)).outcome.ttlMs).toBe(3_600_000);
});

// Complaint: Memory keeps an entry from the second level for a whole time again.
// Threads: jaredwray/cacheable#67, ZiggyCreatures/FusionCache#53, ZiggyCreatures/FusionCache#441, MichaCo/CacheManager#241, dotnet/extensions#5824
test('an answer read from the shared tier into memory keeps its end', async () => {
  await read(one, () => 'loaded');
  await world.clock.advance(9_000);
  expect((await read(other, () => 'too early')).outcome).toMatchObject({ outcome: 'hit', tier: 'redis', ttlMs: 1_000 });
  await world.clock.advance(999);
  expect((await read(other, () => 'too early')).outcome).toMatchObject({ outcome: 'hit', tier: 'memory', ttlMs: 1 });
  await world.clock.advance(1);
  expect(await read(other, () => 'new')).toMatchObject({ value: 'new' });
});

test('reading an answer does not extend its life', async () => {
  await read(one, () => 'loaded');
  for (let i = 0; i < 10; i++) {
    expect((await read(one, () => 'new')).value).toBe('loaded');
    await world.clock.advance(1_000);
  }
  expect((await read(one, () => 'new')).value).toBe('new');
});

test('jitter shortens a time by at most its share and never extends it', async () => {
  for (const random of [0, 0.5, 0.999]) {
    const process = await world.process({ random: () => random });
    const key = `rates:${random}`;
    const policy = { ...POLICY, jitter: 0.2 } as const;
    await through(process.cache.getOrLoad(key, () => 1, policy));
    const { outcome } = await through(process.cache.getOrLoadWithOutcome(key, () => 2, policy));
    expect(outcome.ttlMs).toBeCloseTo(10_000 * (1 - 0.2 * random), 5);
  }
});

// Complaint: A wall clock set back makes entries live longer. Here the age of an entry also counts by the monotonic clock.
// Threads: isaacs/node-lru-cache#157, grafana/grafana#131917
test('a wall clock set back does not extend the life of entries in memory', async () => {
  await read(one, () => 'old');
  world.clock.stepWall(-3_600_000);
  await world.clock.advance(10_000);
  expect((await read(one, () => 'new')).value).toBe('new');
});

// Complaint: A wall clock set back makes entries live longer. Here the age of an entry also counts by the monotonic clock.
test('a wall clock set forward and back does not extend the life of entries loaded in between', async () => {
  world.clock.stepWall(3_600_000);
  await read(one, () => 'old');
  world.clock.stepWall(-3_600_000);
  await world.clock.advance(10_000);
  expect((await read(one, () => 'new')).value).toBe('new');
});

// Complaint: The clock of the writing process decides how long others keep an entry. Here an entry from the future lives for its time from receipt, and invalidation compares no clocks.
// Threads: shakacode/react_on_rails#5029
test('an answer from a process with a clock ahead ends on time elsewhere', async () => {
  const { clock } = world;
  const ahead = await world.process({
    clock: {
      now: () => clock.now() + 3_600_000,
      monotonic: () => clock.monotonic(),
      sleep: (ms, signal) => clock.sleep(ms, signal),
    },
  });
  await read(ahead, () => 'old');
  await clock.settle();
  expect((await read(other, () => 'too early')).value).toBe('old');
  await clock.advance(10_000);
  expect((await read(other, () => 'new')).value).toBe('new');
});

// Complaint: A wall clock set back makes entries live longer. Here the age of an entry also counts by the monotonic clock.
test('a wall clock set forward costs one load', async () => {
  await read(one, () => 'old');
  world.clock.stepWall(3_600_000);
  expect((await read(one, () => 'new')).value).toBe('new');
  expect((await read(one, () => 'newer')).value).toBe('new');
});

// Complaint: The names of two TTLs do not show their effect. Here they are `freshFor` and `staleFor`, and unknown names are refused.
test('an unknown option of a set is refused by name', async () => {
  const set = through(one.cache.set(KEY, 1, { ttl: 1_000 } as object));
  expect(await set.catch((error: unknown) => error)).toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: expect.stringContaining('ttl'),
  });
});

// Complaint: It is unclear whether a time is in seconds or milliseconds. Here texts have units; only `set(key, value, seconds)` takes seconds, for compatibility.
// Complaint: The names of two TTLs do not show their effect. Here they are `freshFor` and `staleFor`, and unknown names are refused.
// Threads: Julien-R44/bentocache#34, Julien-R44/bentocache#110
test('an unknown option of a policy is refused by name', async () => {
  for (const option of ['ttl', 'maxAge', 'loadTimeout', 'swr'])
    await expect(read(one, () => 1, { [option]: 1_000 })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining(option),
    });
});
