import { startCache } from '../peers/ours.ts';
import type { RedisUrls } from '../peers/port.ts';
import { msOf } from './reading.ts';

/** Starts a process on a log with a long history. */
export async function followerStart({ redis, namespace }: { redis: RedisUrls; namespace: string }) {
  return {
    /** Returns the time in ms until it follows the log and knows all of it, including the connection. */
    measure: async (): Promise<number> => {
      let current = false;
      let close = async () => undefined as unknown;
      const took = await msOf(async () => {
        const cache = await startCache({ tiers: 'both', redis }, namespace);
        current = cache.internal.engine.follower.isCurrent;
        close = () => cache.close();
      });
      await close();
      if (!current) throw new Error('expected the follower to be current after its start, but it is not');
      return took;
    },
  };
}
