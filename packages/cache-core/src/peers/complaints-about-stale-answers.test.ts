import { expect, test } from 'vitest';
import type { Load } from '../engine/load.ts';
import type { Policy } from '../model/policy.ts';
import { type SimulatedProcess, type SimulatedWorld, SlowOrigin } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';

let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
const through = <Result>(promise: Promise<Result>) => world.clock.through(promise);
const KEY = 'pages:home';
const POLICY = { freshFor: '10s', staleFor: '60s', jitter: 0, earlyRefresh: 0 } as const;
const away = () => Promise.reject(new Error('away'));
const read = (load: Load, policy: Parameters<SimulatedProcess['cache']['getOrLoad']>[2] = POLICY) =>
  through(one.cache.getOrLoadWithOutcome(KEY, load, policy));

// Complaint: With SWR by default, a stale value is served whatever its age. Here the default is at most five minutes.
// Threads: unjs/ocache#51, nitrojs/nitro#1950, nitrojs/nitro#1948
test('an answer without reads for a long time is not served to the next reader', async () => {
  await read(() => 'yesterday');
  await world.clock.advance(70_000);
  expect(await read(() => 'today')).toMatchObject({ value: 'today', outcome: { outcome: 'miss' } });
});

// Complaint: A failing revalidation keeps the stale value for ever.
// Threads: nitrojs/nitro#1992, nitrojs/nitro#2611
test('a stale answer is served until staleUntil while its reloads fail, then the error is thrown', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  let stale = 0;
  for (let second = 0; second < 59; second++) {
    if ((await read(away)).outcome.outcome === 'stale') stale++;
    await world.clock.advance(1_000);
  }
  expect(stale).toBe(59);
  await world.clock.advance(1_000);
  await expect(read(away)).rejects.toThrow('away');
});

// Complaint: The bound on stale time is ignored.
// Threads: nitrojs/nitro#2164
// Complaint: An entry whose refresh hangs never ends.
// Threads: ben-manes/caffeine#373
test('a reload that never ends does not extend the life of the stale answer', async () => {
  await read(() => 'old', { ...POLICY, hardTimeout: '1h' });
  await world.clock.advance(10_000);
  const stuck = new SlowOrigin();
  expect(await read(stuck.load, { ...POLICY, hardTimeout: '1h' })).toMatchObject({ value: 'old' });
  await world.clock.advance(60_000);
  const answer = one.cache.getOrLoad(KEY, stuck.load, POLICY);
  let given: unknown;
  void answer.then((value) => {
    given = value;
  });
  await world.clock.settle();
  expect(given).toBeUndefined();
  stuck.value = 'new';
  stuck.hurry();
  stuck.open('before');
  await world.clock.settle();
  stuck.open('after');
  expect(await through(answer)).toBe('new');
});

// Complaint: The maximum of fail-safe is ignored.
// Threads: ZiggyCreatures/FusionCache#108, ZiggyCreatures/FusionCache#229, ZiggyCreatures/FusionCache#475
test('without staleFor no stale answer is served, neither during a reload nor after its failure', async () => {
  const policy = { ...POLICY, staleFor: 0 };
  await read(() => 'old', policy);
  await world.clock.advance(10_000);
  await expect(read(away, policy)).rejects.toThrow('away');
  expect(await read(() => 'new', policy)).toMatchObject({ value: 'new', outcome: { outcome: 'miss' } });
});

// Complaint: One grace for slow and for failing backends serves very old values.
// Threads: varnishcache/varnish-cache#1158, varnishcache/varnish-cache#3494
test('whileRevalidate and ifError are separate times', async () => {
  const policy = { ...POLICY, staleFor: { whileRevalidate: '1s', ifError: '1h' } } as const;
  await read(() => 'old', policy);
  await world.clock.advance(10_500);
  expect(await read(away, policy)).toMatchObject({ value: 'old', outcome: { reason: 'revalidating' } });
  await world.clock.advance(2_000);
  expect(await read(away, policy)).toMatchObject({ value: 'old', outcome: { reason: 'load-failed' } });
  await world.clock.advance(30 * 60_000);
  expect(await read(() => 'new', policy)).toMatchObject({ value: 'new', outcome: { outcome: 'miss' } });
});

// Complaint: After an exception there is no further refresh. Here it is retried after 1 s, doubled up to 60 s.
// Threads: ben-manes/caffeine#1478, ben-manes/caffeine#1807
test('a failed reload is retried', async () => {
  await read(() => 'old', { ...POLICY, staleFor: '1h' });
  await world.clock.advance(10_000);
  let tries = 0;
  const failing = () => {
    tries++;
    return away();
  };
  for (let second = 0; second < 60; second++) {
    await read(failing);
    await world.clock.advance(1_000);
  }
  expect(tries).toBe(6); // at 0, 1, 3, 7, 15 and 31 s
  await world.clock.advance(4_000);
  await read(() => 'new');
  await world.clock.settle();
  expect(await read(away)).toMatchObject({ value: 'new', outcome: { outcome: 'hit' } });
});

// Complaint: Loads slower than the refresh time never refresh. Here the fresh time begins when the load ends.
// Threads: ben-manes/caffeine#175, ben-manes/caffeine#467
test('the answer of a load longer than freshFor is fresh for its whole time', async () => {
  await read(async () => {
    await world.clock.sleep(25_000);
    return 'slow';
  });
  await world.clock.advance(9_999);
  expect(await read(away)).toMatchObject({ value: 'slow', outcome: { outcome: 'hit', ageMs: 34_999 } });
});

// Complaint: A refresh reaches only the upper stores.
// Threads: jaredwray/cacheable#916
test('a process serves the newer answer that another process reloaded, not its stale one', async () => {
  for (const { cache } of [one, other]) await through(cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(10_000);
  await read(() => 'new');
  await world.clock.settle();
  const answer = await through(other.cache.getOrLoadWithOutcome(KEY, away, POLICY));
  expect(answer).toMatchObject({ value: 'new', outcome: { outcome: 'hit', tier: 'redis' } });
});

// Complaint: An eager refresh calls the factory although the second level has a newer value.
// Threads: ZiggyCreatures/FusionCache#604, ZiggyCreatures/FusionCache#651
test('an early refresh uses the answer that another process reloaded, without a load', async () => {
  const policy = { ...POLICY, freshFor: '20s', earlyRefresh: 1 } as const;
  const slowly = async () => {
    await world.clock.sleep(1_000);
    return 'old';
  };
  await through(one.cache.getOrLoad(KEY, slowly, policy));
  await through(other.cache.getOrLoad(KEY, slowly, POLICY));
  await world.clock.advance(1_000);
  await read(() => 'new', policy);
  await world.clock.settle();
  let loads = 0;
  const load = () => ++loads;
  expect(await through(other.cache.getOrLoad(KEY, load, policy))).toBe('old');
  await world.clock.settle();
  expect(await through(other.cache.getOrLoad(KEY, load, policy))).toBe('new');
  expect(loads).toBe(0);
});

// Complaint: The maximum of fail-safe is ignored.
test('an expiry makes an answer stale on every process and extends no time', async () => {
  for (const { cache } of [one, other]) await through(cache.getOrLoad(KEY, () => 'old', POLICY));
  await world.clock.advance(5_000);
  await through(one.cache.expire({ key: KEY }));
  expect(await through(other.cache.getOrLoadWithOutcome(KEY, away, POLICY))).toMatchObject({
    value: 'old',
    outcome: { outcome: 'stale' },
  });
  await world.clock.advance(65_000);
  await expect(through(other.cache.getOrLoad(KEY, away, POLICY))).rejects.toThrow('away');
});

// Complaint: There is no expiry by tag.
// Threads: Julien-R44/bentocache#63
test('after an expiry of a tag the old answer is served during the reload', async () => {
  const load = async ({ tag }: { tag(name: string): void }) => {
    tag('author-1');
    return 'old';
  };
  await through(one.cache.getOrLoad(KEY, load, POLICY));
  await through(other.cache.expire({ tag: 'author-1' }));
  expect(await read(() => 'new')).toMatchObject({ value: 'old', outcome: { reason: 'revalidating' } });
  await world.clock.settle();
  expect(await read(away)).toMatchObject({ value: 'new' });
});

test('a stale time set by the load is applied', async () => {
  const load = async ({ staleFor }: { staleFor(duration: number): void }) => {
    staleFor(0);
    return 'a price';
  };
  await through(one.cache.getOrLoad(KEY, load, POLICY));
  await world.clock.advance(10_000);
  await expect(read(away)).rejects.toThrow('away');
});

/** Reloads the old answer with a load whose answer is not stored. Returns the next answer of each process. */
async function afterReloadBy(load: Load, policy: Policy): Promise<unknown[]> {
  await read(() => 'old');
  await world.clock.advance(10_000);
  expect(await read(load, policy)).toMatchObject({ value: 'old' });
  await world.clock.settle();
  const next = [one, other].map(({ cache }) => through(cache.getOrLoad(KEY, () => 'asked again', POLICY)));
  return Promise.all(next);
}

// Complaint: The answer of a reload does not end the stale one.
// Threads: ledgetech/ledge#201
test('a reload with an unstored negative answer ends the old answer everywhere', async () => {
  const answers = await afterReloadBy(() => null, { ...POLICY, negativeFor: 0 });
  expect(answers).toEqual(['asked again', 'asked again']);
});

// Complaint: The answer of a reload does not end the stale one.
test('a reload with freshFor and staleFor 0 ends the old answer everywhere', async () => {
  const answers = await afterReloadBy(({ freshFor, staleFor }) => {
    freshFor(0);
    staleFor(0);
    return 'good for now';
  }, POLICY);
  expect(answers).toEqual(['asked again', 'asked again']);
});

test('a reload with skipStore leaves the old answer until its end', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  const partial: Load = ({ skipStore }) => {
    skipStore();
    return 'partial';
  };
  for (let i = 0; i < 3; i++) {
    expect(await read(partial)).toMatchObject({ value: 'old', outcome: { outcome: 'stale' } });
    await world.clock.settle();
  }
  await world.clock.advance(60_000);
  expect(await read(partial)).toMatchObject({ value: 'partial', outcome: { outcome: 'miss' } });
});

// Complaint: The factory does not receive the graced entry.
// Threads: Julien-R44/bentocache#115
test('a reload receives the answer that it replaces', async () => {
  await read(() => 'old');
  await world.clock.advance(10_000);
  let received: unknown;
  await through(
    one.cache.getOrLoad(
      KEY,
      ({ stale }) => {
        received = stale?.value;
        return 'new';
      },
      POLICY,
    ),
  );
  await world.clock.settle();
  expect(received).toBe('old');
});
