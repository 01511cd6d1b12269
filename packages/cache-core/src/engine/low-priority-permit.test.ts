import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import { SimulatedWorld } from '../testing/index.ts';
import type { LoadContext } from './load-context.ts';
import { OriginLimiter } from './origin-limiter.ts';
import { withPermit } from './testing/with-permit.ts';

const PARTS = { prefix: 'stats', name: 'n', params: { n: 1 } };
let world: SimulatedWorld;
beforeEach(() => {
  world = new SimulatedWorld();
});
afterEach(() => world.close());

describe('a warming', () => {
  test('given many keys to warm, the last permit of the origin stays free for readers', async () => {
    const { cache } = await world.process({ origins: { default: { concurrency: 3 } } });
    let running = 0;
    let max = 0;
    const slow = async () => {
      max = Math.max(max, ++running);
      await world.clock.sleep(1_000);
      running--;
      return 1;
    };
    const keys = Array.from({ length: 8 }, (_, n) => buildKey({ ...PARTS, params: n }));
    const warming = Promise.all(keys.map((key) => cache.warm(key, slow, resolvePolicy(), 0)));
    await world.clock.advance(100);
    expect(max).toBe(2);
    let answered = false;
    void cache
      .getOrLoad(PARTS, () => 1)
      .then(() => {
        answered = true;
      });
    await world.clock.settle();
    expect(answered).toBe(true);
    expect(await world.clock.through(warming)).toEqual(keys.map(() => true));
    expect(max).toBe(2);
  });

  test('waits while readers hold all permits but one, and is refused after waitAtMost', async () => {
    const limiter = new OriginLimiter('o', { concurrency: 2, waitAtMost: '1s' }, { clock: world.clock });
    const reading = withPermit(limiter, (permit) => permit.run('read', 60_000, () => world.clock.sleep(5_000)));
    const warming = limiter.acquireLowPriority();
    const refused = expect(warming).rejects.toMatchObject({ code: 'ORIGIN_OVERLOADED' });
    await world.clock.advance(1_000);
    await refused;
    const later = limiter.acquireLowPriority();
    await world.clock.advance(500);
    expect(limiter.state.running).toBe(1);
    await world.clock.advance(400);
    await expect(Promise.race([later, Promise.resolve('waits')])).resolves.toBe('waits');
    later.catch(() => undefined); // refused as the other was
    await world.clock.through(reading);
  });

  test.each(['reader', 'warming'])(
    'given an origin with one permit and the %s first, a reader of the same key shares its load',
    async (first) => {
      const { cache } = await world.process({ origins: { default: { concurrency: 1 } } });
      const began = world.clock.monotonic();
      let loads = 0;
      const load = async () => {
        await world.clock.sleep(10);
        return ++loads;
      };
      const both = [() => cache.getOrLoad(PARTS, load), () => cache.warm(buildKey(PARTS), load, resolvePolicy(), 0)];
      const ordered = first === 'reader' ? both : both.toReversed();
      const answers = await world.clock.through(Promise.all(ordered.map((begin) => begin())));
      expect(new Set(answers)).toEqual(new Set([1, true]));
      expect(loads).toBe(1);
      expect(world.clock.monotonic() - began).toBeLessThan(100);
    },
  );

  test('given a load that an invalidation hits, a warming of its key loads again with its own permit', async () => {
    const { cache } = await world.process({ origins: { default: { concurrency: 1 } } });
    const values = ['old', 'new'];
    const load = async (context: LoadContext) => {
      const value = values.shift();
      context.tag('t');
      await world.clock.sleep(10);
      return value;
    };
    const reading = cache.getOrLoad(PARTS, load);
    await world.clock.advance(5);
    await world.clock.through(cache.invalidate({ tag: 't' }));
    const warming = cache.warm(buildKey(PARTS), load, resolvePolicy(), 0);
    expect(await world.clock.through(Promise.all([reading, warming]))).toEqual(['old', true]);
    expect(await world.clock.through(cache.getOrLoad(PARTS, load))).toBe('new');
  });

  test('given an origin with one permit, uses it while no reader needs it', async () => {
    const limiter = new OriginLimiter('o', { concurrency: 1 }, { clock: world.clock });
    const permit = await limiter.acquireLowPriority();
    expect(await permit.run('warm', 1_000, () => 'warmed')).toBe('warmed');
    permit.release();
    await world.clock.settle();
    expect(limiter.state.running).toBe(0);
  });
});
