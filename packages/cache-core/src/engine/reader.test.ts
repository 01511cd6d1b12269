import { beforeEach, describe, expect, test } from 'vitest';
import type { Answer } from '../model/answer.ts';
import { buildKey, type CacheKey } from '../model/key.ts';
import { type Policy, resolvePolicy } from '../model/policy.ts';
import { holdRenewals } from '../testing/hold-renewals.ts';
import { Link, type SimulatedProcess, type SimulatedWorld } from '../testing/index.ts';
import { twoProcesses } from '../testing/two-processes.ts';
import type { Load } from './load.ts';

const KEY = buildKey({ prefix: 'stats', name: 'get', params: null });
const MINUTE: Policy = { freshFor: '60s', jitter: 0 };
let world: SimulatedWorld;
let one: SimulatedProcess;
let other: SimulatedProcess;
let loads: number;
twoProcesses((begun) => {
  ({ world, one, other } = begun);
});
beforeEach(() => {
  loads = 0;
});

const load: Load = () => ++loads;
function read(process = one, policy: Policy = MINUTE, how: Load = load, key: CacheKey = KEY): Promise<Answer> {
  return world.clock.through(process.cache.internal.reader.read(key, how, resolvePolicy(policy), null));
}
async function outcomeOf(answer: Answer | Promise<Answer>) {
  const { cached, outcome } = await answer;
  const { tier, collapsed, verified } = outcome;
  return { value: JSON.parse(cached.body.toString()), outcome: outcome.outcome, tier, collapsed, verified };
}
/** A load that waits until it is released. */
function slowly(): { load: Load; go(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { load: async () => promise.then(() => ++loads), go: () => resolve() };
}

describe('a read', () => {
  test('is a miss, then a hit from memory; on another process a hit from the shared tier, then from memory', async () => {
    const common = { value: 1, collapsed: false, verified: true };
    expect(await outcomeOf(read())).toEqual({ ...common, outcome: 'miss', tier: null });
    expect(await outcomeOf(read())).toEqual({ ...common, outcome: 'hit', tier: 'memory' });
    expect(await outcomeOf(read(other))).toEqual({ ...common, outcome: 'hit', tier: 'redis' });
    expect(await outcomeOf(read(other))).toEqual({ ...common, outcome: 'hit', tier: 'memory' });
  });

  test('returns the age since the start of the load and the remaining fresh time', async () => {
    await read(one, MINUTE, async () => {
      await world.clock.sleep(500);
      return 1;
    });
    await world.clock.advance(10_000);
    const { outcome } = await read();
    expect(outcome).toMatchObject({ ageMs: 10_500, ttlMs: 50_000, loadMs: 500 });
  });

  test('past freshUntil serves the stale answer while one reload runs', async () => {
    await read();
    await world.clock.advance(60_000);
    const slow = slowly();
    const answers = await Promise.all([1, 2, 3].map(() => outcomeOf(read(one, MINUTE, slow.load))));
    expect(answers.map(({ value, outcome }) => [value, outcome])).toEqual([1, 1, 1].map((v) => [v, 'stale']));
    slow.go();
    await world.clock.settle();
    expect(await outcomeOf(read())).toMatchObject({ value: 2, outcome: 'hit' });
    expect(loads).toBe(2);
  });

  test('past staleUntil waits for the load', async () => {
    await read();
    await world.clock.advance(120_000);
    expect(await outcomeOf(read())).toMatchObject({ value: 2, outcome: 'miss' });
  });

  test('given a failing origin, serves the stale answer, logs the failure and backs off', async () => {
    await read();
    await world.clock.advance(60_000);
    const failing: Load = () => Promise.reject(new Error('origin says no'));
    for (let i = 0; i < 3; i++) expect(await outcomeOf(read(one, MINUTE, failing))).toMatchObject({ outcome: 'stale' });
    await world.clock.settle();
    expect(one.logged.filter((line) => line.includes('origin says no'))).toHaveLength(1);
  });

  test('after an invalidation never serves the old answer, even while the origin fails', async () => {
    await read();
    await world.clock.advance(60_000);
    await world.clock.through(other.cache.invalidate({ prefix: 'stats' }));
    await expect(read(one, MINUTE, () => Promise.reject(new Error('origin says no')))).rejects.toThrow('says no');
    expect(await outcomeOf(read())).toMatchObject({ value: 2, outcome: 'miss' });
  });

  test('after an expiry serves the stale answer while it is reloaded', async () => {
    await read();
    await world.clock.through(other.cache.invalidate({ prefix: 'stats' }, { mode: 'expire' }));
    expect(await outcomeOf(read())).toMatchObject({ value: 1, outcome: 'stale' });
    await world.clock.settle();
    expect(await outcomeOf(read())).toMatchObject({ value: 2, outcome: 'hit' });
  });

  test('given 1,000 readers at once, one load runs and 999 outcomes are collapsed', async () => {
    const slow = slowly();
    const reads = Array.from({ length: 1_000 }, () =>
      one.cache.internal.reader.read(KEY, slow.load, resolvePolicy(MINUTE), null),
    );
    await world.clock.settle();
    slow.go();
    const answers = await Promise.all((await Promise.all(reads)).map(outcomeOf));
    expect(loads).toBe(1);
    expect(answers.filter(({ outcome, value }) => outcome === 'miss' && value === 1)).toHaveLength(1_000);
    expect(answers.filter(({ collapsed }) => collapsed)).toHaveLength(999);
  });

  test('that joined a failed load gets its error, and the next read loads again', async () => {
    const failing = () => Promise.reject(new Error('origin says no'));
    const both = [1, 2].map(() => one.cache.internal.reader.read(KEY, failing, resolvePolicy(MINUTE), null));
    const settled = await world.clock.through(Promise.allSettled(both));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await outcomeOf(read())).toMatchObject({ value: 1, outcome: 'miss' });
  });

  test('stores nothing of a load that called skipStore', async () => {
    const unkept: Load = (context) => {
      context.skipStore();
      return ++loads;
    };
    expect((await read(one, MINUTE, unkept)).outcome.stored).toBe(false);
    expect(await outcomeOf(read(one, MINUTE, unkept))).toMatchObject({ value: 2, outcome: 'miss' });
  });

  test('treats damaged bytes in the shared tier as a miss and logs them once', async () => {
    world.shared.write(KEY, Buffer.from('{"legacy":true}'));
    expect(await outcomeOf(read())).toMatchObject({ value: 1, outcome: 'miss' });
    expect(one.logged.filter((line) => line.includes(`ignored the bytes stored under ${KEY}`))).toHaveLength(1);
    expect(await outcomeOf(read(other))).toMatchObject({ value: 1, tier: 'redis' });
  });

  test('given a shared tier that rejects or hangs, answers from the origin within 50 ms', async () => {
    for (const [mode, lostMs] of [
      ['reject', 0],
      ['hang', 50],
    ] as const) {
      world.shared.fail(mode);
      const began = world.clock.monotonic();
      const key = buildKey({ prefix: 'stats', name: mode, params: null });
      expect(await outcomeOf(read(one, MINUTE, load, key))).toMatchObject({ outcome: 'miss' });
      expect(world.clock.monotonic() - began).toBe(lostMs);
      expect(await outcomeOf(read(one, MINUTE, load, key))).toMatchObject({ outcome: 'hit', tier: 'memory' });
      await world.clock.advance(100);
      world.shared.recover();
    }
  });
});

test('given an unexpected error of the shared tier, it is logged and the origin answers', async () => {
  const shared = world.shared.connect();
  shared.get = () => Promise.reject(new TypeError('not a function'));
  const faulty = await world.process({ ports: { shared } });
  expect(await outcomeOf(read(faulty))).toMatchObject({ outcome: 'miss' });
  expect(faulty.logged.filter((line) => line.startsWith('error'))).toEqual([
    `error looking up ${KEY} in the shared tier failed: TypeError: not a function`,
  ]);
});

test('given an unexpected error while an entry is stored in memory, it is logged and the next read finds the entry', async () => {
  await read(other);
  const { memory } = one.cache.internal.engine;
  const put = memory.put.bind(memory);
  memory.put = () => {
    memory.put = put;
    throw new RangeError('too deep');
  };
  expect(await outcomeOf(read(one))).toMatchObject({ verified: true });
  memory.evict(KEY);
  expect(await outcomeOf(read(one))).toMatchObject({ outcome: 'hit', tier: 'redis' });
  expect(one.logged.filter((line) => line.startsWith('error'))).toEqual([
    `error looking up ${KEY} in the shared tier failed: RangeError: too deep`,
  ]);
});

test('given a tag invalidation applied by a read’s own catch-up, the read does not get the earlier load', async () => {
  const stream = new Link(world.clock);
  const log = world.log.connect(new Link(world.clock), { stream });
  const lapsing = await world.process({ ports: { log } });
  const { follower } = lapsing.cache.internal.engine;
  const { load: slow, go } = slowly();
  const tagged: Load = (context) => {
    context.tag('project-7');
    return slow(context);
  };
  const first = lapsing.cache.internal.reader.read(KEY, tagged, resolvePolicy(MINUTE), null);
  await world.clock.settle();
  stream.losesReply = () => true;
  const renewals = holdRenewals(log);
  await world.clock.through(other.cache.invalidate({ tag: 'project-7' }));
  expect({ isCurrent: follower.isCurrent, asOf: follower.stamp.asOf }).toEqual({ isCurrent: false, asOf: 0 });
  const second = lapsing.cache.internal.reader.read(KEY, load, resolvePolicy(MINUTE), null);
  renewals.release();
  await world.clock.settle();
  expect({ isCurrent: follower.isCurrent, asOf: follower.stamp.asOf }).toEqual({ isCurrent: true, asOf: 1 });
  go();
  expect(await outcomeOf(first)).toMatchObject({ value: 1, outcome: 'miss' });
  expect(await outcomeOf(world.clock.through(second))).toMatchObject({ value: 2, outcome: 'miss', collapsed: false });
});

describe('with the log unreachable', () => {
  const blind = async (advanceMs: number) => {
    await world.clock.advance(advanceMs);
    return outcomeOf(read());
  };
  beforeEach(async () => {
    one.durable.cut();
    await world.clock.advance(2_000);
  });

  test('a read serves entries that this process loaded in the last 2 s, unverified', async () => {
    expect(await blind(0)).toMatchObject({ value: 1, outcome: 'miss', verified: false });
    expect(await blind(1_999)).toMatchObject({ value: 1, outcome: 'hit', tier: 'memory', verified: false });
    expect(await blind(2)).toMatchObject({ value: 2, outcome: 'miss', verified: false });
  });

  test('the origin is called at most once per key in 2 s, for any number of reads', async () => {
    for (let i = 0; i < 100; i++) await blind(100);
    expect(loads).toBeLessThanOrEqual(6);
  });

  test('a reader does not join a load that began more than 2 s ago', async () => {
    const slow = slowly();
    const first = one.cache.internal.reader.read(KEY, slow.load, resolvePolicy(MINUTE), null);
    await world.clock.advance(2_001);
    expect(await outcomeOf(read())).toMatchObject({ value: 1, outcome: 'miss' });
    slow.go();
    expect(await outcomeOf(world.clock.through(first))).toMatchObject({ value: 2 });
  });

  test('a disconnected process uses no entry of another process and does not fill the shared tier', async () => {
    await read(other);
    expect(await blind(0)).toMatchObject({ value: 2, outcome: 'miss' });
    expect(await outcomeOf(read(other))).toMatchObject({ value: 1 });
  });

  test('a reader that joined a load gets no entry that another process filled', async () => {
    const key = buildKey({ prefix: 'stats', name: 'slow', params: null });
    const { load: slow, go } = slowly();
    const filling = outcomeOf(other.cache.internal.reader.read(key, slow, resolvePolicy(MINUTE), null));
    one.durable.mend();
    await world.clock.advance(2_000);
    const waiting = outcomeOf(one.cache.internal.reader.read(key, load, resolvePolicy(MINUTE), null));
    await world.clock.settle();
    one.durable.cut();
    await world.clock.advance(1_500);
    const blind = outcomeOf(one.cache.internal.reader.read(key, load, resolvePolicy(MINUTE), null));
    await world.clock.settle();
    go();
    expect(await world.clock.through(filling)).toMatchObject({ value: 1, outcome: 'miss' });
    expect(await world.clock.through(waiting)).toMatchObject({ value: 1, tier: 'redis', verified: true });
    expect(await world.clock.through(blind)).toMatchObject({ value: 2, outcome: 'miss', verified: false });
  });

  test('after a reconnect, a read is verified and misses entries invalidated meanwhile', async () => {
    await blind(0);
    await world.clock.through(other.cache.invalidate({ prefix: 'stats' }));
    one.durable.mend();
    await world.clock.advance(500);
    expect(await outcomeOf(read())).toMatchObject({ value: 2, outcome: 'miss', verified: true });
  });
});
