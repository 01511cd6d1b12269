import type { Logger, Queues } from '@pilotlight/runtime';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

const LOOK_EVERY_MS = 5_000;
const OLDEST_MS = 10_000;

/** Says so when invalidations are not consumed: a server that answers a ping proves nothing. */
export function watchConsumption(options: {
  queues: Pick<Queues, 'of'>;
  isReady: () => boolean;
  logger: Logger;
  /** Default 5 s. */
  lookEveryMs?: number;
}): Loop {
  const { queues, isReady, logger, lookEveryMs = LOOK_EVERY_MS } = options;
  const behind = new Outage(logger, {
    begun: 'invalidations are behind',
    over: 'invalidations are no longer behind',
  });
  return new Loop('watching consumption', logger, async () => {
    if (!isReady()) return lookEveryMs;
    const [oldest] = await queues.of('invalidation').getWaiting(0, 0);
    const ageMs = oldest === undefined ? 0 : Date.now() - oldest.timestamp;
    if (ageMs <= OLDEST_MS) behind.end();
    else behind.begin(`the oldest has waited ${Math.round(ageMs / 1_000)} s; start more workers, or look at this one`);
    return lookEveryMs;
  });
}
