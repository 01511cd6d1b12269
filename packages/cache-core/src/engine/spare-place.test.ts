import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { buildKey } from '../key.ts';
import { resolvePolicy } from '../policy.ts';
import { SimulatedWorld } from '../testing/index.ts';
import type { LoadContext } from './load-context.ts';
import { Origin } from './origin.ts';

const PARTS = { prefix: 'stats', name: 'n', params: { n: 1 } };
let world: SimulatedWorld;
beforeEach(() => {
  world = new SimulatedWorld();
});
afterEach(() => world.close());

describe('a warming', () => {
  test('never takes the last place of the origin: readers find it free, however many are to be warmed', async () => {
    const { cache } = await world.process({ origins: { default: { concurrency: 3 } } });
    let running = 0;
    let most = 0;
    const slow = async () => {
      most = Math.max(most, ++running);
      await world.clock.sleep(1_000);
      running--;
      return 1;
    };
    const keys = Array.from({ length: 8 }, (_, n) => buildKey({ ...PARTS, params: n }));
    const warming = Promise.all(keys.map((key) => cache.warm(key, slow, resolvePolicy(), 0)));
    await world.clock.advance(100);
    expect(most).toBe(2);
    let answered = false;
    void cache
      .getOrLoad(PARTS, () => 1)
      .then(() => {
        answered = true;
      });
    await world.clock.settle();
    expect(answered).toBe(true);
    expect(await world.clock.through(warming)).toEqual(keys.map(() => true));
    expect(most).toBe(2);
  });

  test('waits while readers have all places but one, for so long as a reader would, then is refused', async () => {
    const origin = new Origin('o', { concurrency: 2, waitAtMost: '1s' }, { clock: world.clock });
    const reading = origin.run('read', 60_000, () => world.clock.sleep(5_000));
    const warming = origin.afterReaders(async () => 'warmed');
    const refused = expect(warming).rejects.toMatchObject({ code: 'ORIGIN_OVERLOADED' });
    await world.clock.advance(1_000);
    await refused;
    const later = origin.afterReaders(async () => 'warmed');
    await world.clock.advance(500);
    expect(origin.state.running).toBe(1);
    await world.clock.advance(400);
    await expect(Promise.race([later, Promise.resolve('waits')])).resolves.toBe('waits');
    later.catch(() => undefined); // refused as the other was
    await world.clock.through(reading);
  });

  test.each(['reader', 'warming'])(
    'given an origin with one place and the %s first, a reader of the same key shares one load with it',
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

  test('given a load that an invalidation overtakes, a warming of its key loads again in its own place', async () => {
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

  test('of an origin with one place is done while no reader wants it', async () => {
    const origin = new Origin('o', { concurrency: 1 }, { clock: world.clock });
    expect(await origin.afterReaders(({ run }) => run('warm', 1_000, () => 'warmed'))).toBe('warmed');
    await world.clock.settle();
    expect(origin.state.running).toBe(0);
  });
});
