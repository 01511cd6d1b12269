import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildKey, parseKey } from '../model/key.ts';
import { type Policy, resolvePolicy } from '../model/policy.ts';
import { type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import type { Load } from './load.ts';

const KEY = { prefix: 'stats', name: 'get', params: null };
const POLICY: Policy = {
  freshFor: '60s',
  staleFor: { whileRevalidate: '30s', ifError: '120s' },
  softTimeout: '1s',
  jitter: 0,
  earlyRefresh: 0,
};

let world: SimulatedWorld;
let process: SimulatedProcess;
beforeEach(async () => {
  world = new SimulatedWorld();
  process = await world.process();
});
afterEach(() => world.close());

/** The result of a read: the outcome with its reason, and the load of the value; or a failure. */
async function outcomeOf(load: Load<string>, policy: Policy = POLICY): Promise<string> {
  try {
    const { value, outcome } = await world.clock.through(process.cache.getOrLoadWithOutcome(KEY, load, policy));
    return [outcome.outcome, outcome.reason, value].filter((part) => part !== null).join(' ');
  } catch (error) {
    return `fails: ${error instanceof Error ? error.message : String(error)}`;
  }
}

const answers: Load<string> = () => 'new';
const fails: Load<string> = () => Promise.reject(new Error('origin is down'));
const isSlow: Load<string> = async () => {
  await world.clock.sleep(5_000);
  return 'new';
};

/** docs/freshness.md shows this table as a picture. Seconds since the answer was loaded. */
const TABLE = [
  // when, hit by an, the origin answers / is slow / fails / failed a moment ago
  [0, 'nothing', 'hit old', 'hit old', 'hit old', 'hit old'],
  [59.999, 'nothing', 'hit old', 'hit old', 'hit old', 'hit old'],
  [
    60,
    'nothing',
    'stale revalidating old',
    'stale revalidating old',
    'stale revalidating old',
    'stale backing-off old',
  ],
  [
    89.999,
    'nothing',
    'stale revalidating old',
    'stale revalidating old',
    'stale revalidating old',
    'stale backing-off old',
  ],
  [90, 'nothing', 'miss expired new', 'stale load-slow old', 'stale load-failed old', 'stale backing-off old'],
  [178, 'nothing', 'miss expired new', 'stale load-slow old', 'stale load-failed old', 'stale backing-off old'],
  [179.999, 'nothing', 'miss expired new', 'miss expired new', 'stale load-failed old', 'stale backing-off old'],
  [180, 'nothing', 'miss expired new', 'miss expired new', 'fails: origin is down', 'fails: origin is down'],
  [30, 'expiry', 'stale revalidating old', 'stale revalidating old', 'stale revalidating old', 'stale backing-off old'],
  [75, 'expiry', 'stale revalidating old', 'stale revalidating old', 'stale revalidating old', 'stale backing-off old'],
  [120, 'expiry', 'miss expired new', 'stale load-slow old', 'stale load-failed old', 'stale backing-off old'],
  [180, 'expiry', 'miss expired new', 'miss expired new', 'fails: origin is down', 'fails: origin is down'],
  [30, 'invalidation', 'miss outdated new', 'miss outdated new', 'fails: origin is down', 'fails: origin is down'],
  [75, 'invalidation', 'miss outdated new', 'miss outdated new', 'fails: origin is down', 'fails: origin is down'],
  [120, 'invalidation', 'miss outdated new', 'miss outdated new', 'fails: origin is down', 'fails: origin is down'],
  [180, 'invalidation', 'miss outdated new', 'miss outdated new', 'fails: origin is down', 'fails: origin is down'],
] as const;

describe.each(['memory', 'redis'] as const)('from %s', (tier) => {
  describe.each(TABLE)(
    'after %d s, hit by %s',
    (seconds, hitBy, whenItAnswers, whenSlow, whenItFails, whenItFailed) => {
      beforeEach(async () => {
        if (tier === 'redis') process.cache.switchTier('memory', false);
        await outcomeOf(() => 'old');
        await world.clock.advance(seconds * 1_000);
        const { cache } = process;
        if (hitBy === 'invalidation') await world.clock.through(cache.invalidate({ prefix: 'stats' }));
        if (hitBy === 'expiry') await world.clock.through(cache.expire({ prefix: 'stats' }));
      });
      // Redis has removed expired entries.
      const isGone = tier === 'redis' && seconds >= 180;
      const inTier = (answer: string) => (isGone ? answer.replace(/expired|outdated/, 'absent') : answer);

      test('given an origin that answers, the read has the outcome of the table', async () => {
        expect(await outcomeOf(answers)).toBe(inTier(whenItAnswers));
      });

      test('given a slow origin, the read has the outcome of the table', async () => {
        expect(await outcomeOf(isSlow)).toBe(inTier(whenSlow));
      });

      test('given a failing origin, the read and the next one have the outcomes of the table', async () => {
        expect(await outcomeOf(fails)).toBe(inTier(whenItFails));
        await world.clock.settle();
        expect(await outcomeOf(fails)).toBe(inTier(whenItFailed));
      });
    },
  );
});

test('a failed reload is logged as a warning, and its readers get the stale answer', async () => {
  await outcomeOf(answers);
  await world.clock.advance(100_000);
  expect(await outcomeOf(fails)).toBe('stale load-failed new');
  const logged = process.logged.filter((line) => line.includes('origin is down'));
  expect(logged).toEqual([
    expect.stringMatching(/^warn loading stats:get:\w+ failed, its stale answer is served: Error: /),
  ]);
});

test('a load past the soft timeout continues, and the next reader gets its answer', async () => {
  await outcomeOf(() => 'old');
  await world.clock.advance(100_000);
  expect(await outcomeOf(isSlow)).toBe('stale load-slow old');
  await world.clock.advance(5_000);
  expect(await outcomeOf(fails)).toBe('hit new');
});

test('given an invalidation during a reload that then fails, the stale answer is not served', async () => {
  await outcomeOf(() => 'old');
  await world.clock.advance(100_000);
  const failsLater: Load<string> = async () => {
    await world.clock.sleep(500);
    throw new Error('origin is down');
  };
  const answer = outcomeOf(failsLater);
  await world.clock.advance(100);
  await process.cache.invalidate({ prefix: 'stats' });
  expect(await answer).toBe('fails: origin is down');
});

test('given an invalidation during a slow reload, the stale answer is not served', async () => {
  await outcomeOf(() => 'old');
  await world.clock.advance(100_000);
  const answer = outcomeOf(isSlow);
  await world.clock.advance(100);
  await process.cache.invalidate({ prefix: 'stats' });
  expect(await answer).toBe('miss expired new');
});

test('without a stale answer a reader waits up to the hard timeout', async () => {
  expect(await outcomeOf(isSlow)).toBe('miss absent new');
  const { cache } = process;
  const stuck = cache.getOrLoad('k:stuck', () => new Promise<string>(() => undefined), {
    ...POLICY,
    hardTimeout: '3s',
  });
  await expect(world.clock.through(stuck)).rejects.toThrow('within 3000 ms');
});

test('a stale time shorter than the fresh time does not shorten the lifetime', async () => {
  const policy: Policy = { freshFor: '60s', staleFor: '1s', jitter: 0 };
  await outcomeOf(() => 'old', policy);
  await world.clock.advance(59_999);
  expect(await outcomeOf(answers, policy)).toBe('hit old');
  await world.clock.advance(1_500);
  expect(await outcomeOf(answers, policy)).toBe('miss expired new');
});

test('a negative answer is fresh for negativeFor and is never served stale', async () => {
  const policy: Policy = { freshFor: '60s', negativeFor: '5s', jitter: 0 };
  for (const nothing of [null, undefined]) {
    const { cache } = process;
    const read = () => world.clock.through(cache.getOrLoadWithOutcome<unknown>(`nothing:${nothing}`, load, policy));
    let loads = 0;
    const load: Load<unknown> = () => {
      loads++;
      return nothing;
    };
    await read();
    await world.clock.advance(4_999);
    expect((await read()).outcome.outcome).toBe('hit');
    await world.clock.advance(1);
    expect((await read()).outcome).toMatchObject({ outcome: 'miss', reason: 'expired' });
    expect(loads).toBe(2);
  }
});

test.each([
  [null, 5_000],
  [undefined, 5_000],
  ['a value', 60_000],
])('an answer of %j that is not modified lives as long as one that was loaded', async (value, lifeMs) => {
  const policy: Policy = { freshFor: '60s', negativeFor: '5s', jitter: 0 };
  const read = () => world.clock.through(process.cache.getOrLoadWithOutcome<unknown>('kept:1', () => value, policy));
  await read();
  await world.clock.advance(1_000);
  const key = parseKey('kept:1');
  const renew: Load = (context) => context.notModified();
  expect(await world.clock.through(process.cache.warm(key, renew, resolvePolicy(policy), 120_000))).toBe(true);
  const { value: renewed, outcome } = await read();
  expect([renewed, outcome.outcome, outcome.ttlMs]).toEqual([value, 'hit', lifeMs]);
});

test('a load can set the fresh and stale time of its answer, on every path', async () => {
  const load: Load<string> = (context) => {
    context.freshFor('10s');
    context.staleFor({ ifError: '20s' });
    return 'old';
  };
  const times = async () => {
    const { memory } = await world.clock.through(process.cache.inspect(KEY));
    if (!memory) throw new Error('expected it in memory');
    return [memory.freshUntil, memory.revalidateUntil, memory.staleUntil].map((until) => until - memory.loadedAt);
  };
  await outcomeOf(load);
  expect(await times()).toEqual([10_000, 10_000, 30_000]);
  await world.clock.advance(15_000);
  await world.clock.through(process.cache.warm(buildKey(KEY), load as Load, resolvePolicy(POLICY), 0));
  expect(await times()).toEqual([10_000, 10_000, 30_000]);
  await world.clock.advance(11_000);
  expect(await outcomeOf(async (context) => load(context))).toBe('miss expired old');
  expect(await times()).toEqual([10_000, 10_000, 30_000]);
});

test('jitter shortens the fresh time by at most its share', async () => {
  for (const drawn of [0, 0.5, 0.999_999]) {
    const { cache } = await world.process({ random: () => drawn });
    await world.clock.through(cache.getOrLoad(`jitter:${drawn}`, () => 1, { freshFor: '100s', jitter: 0.2 }));
    const { memory } = await world.clock.through(cache.inspect(`jitter:${drawn}`));
    if (!memory) throw new Error('expected it in memory');
    expect(memory.freshUntil - memory.loadedAt).toBeCloseTo(100_000 * (1 - 0.2 * drawn), 0);
  }
});
