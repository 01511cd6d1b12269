import type { RedisPorts } from '@pilotlight/cache-core/redis';
import type { Logger } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';
import type { Workers } from './start-workers.ts';

const LOOK_EVERY_MS = 1_000;

/**
 * Pauses the workers while the queue server is refused because it may evict or is also the cache server. That can happen long after
 * the start: its policy can change, and another server can take its place.
 */
export function watchQueueServer(options: {
  redis: Pick<RedisPorts, 'unsafe'>;
  isUnsafeAllowed: boolean;
  workers: Pick<Workers, 'pause' | 'resume'>;
  logger: Logger;
}): Loop {
  const { redis, isUnsafeAllowed, workers, logger } = options;
  const refused = new Outage(logger, {
    begun: 'taking no jobs: the queue server is refused',
    over: 'the queue server is accepted again: taking jobs',
  });
  let isPaused = false;
  return new Loop('watching the queue server', logger, async () => {
    const problem = isUnsafeAllowed ? null : (redis.unsafe ?? null);
    if (problem !== null && !isPaused) {
      refused.begin(problem);
      await workers.pause();
    } else if (problem === null && isPaused) {
      refused.end();
      await workers.resume();
    }
    isPaused = problem !== null;
    return LOOK_EVERY_MS;
  });
}
