import { writeFile } from 'node:fs/promises';
import { countQuarantined, type Logger, type Queues } from '@pilotlight/runtime';
import { messageOf } from './errors.ts';
import { Loop } from './loop.ts';
import { Outage } from './outage.ts';

interface WatchOptions {
  readonly queues: Pick<Queues, 'of'>;
  readonly isReady: () => boolean;
  readonly logger: Logger;
  /** How often the queues are looked at, in ms. */
  readonly lookEveryMs?: number;
}

const CONSUMPTION_EVERY_MS = 5_000;
const MAX_AGE_MS = 10_000;

/**
 * Logs once when no worker consumes invalidations, and once when one does again: a queue server that answers a ping proves
 * nothing about its consumers. Looks every 5 s by default. Each time that invalidations are consumed, it writes the time into
 * `healthFile`, so that the file's age shows the health of this process.
 */
export function watchConsumption(options: WatchOptions & { readonly healthFile?: string | null }): Loop {
  const { queues, isReady, logger, lookEveryMs = CONSUMPTION_EVERY_MS, healthFile = null } = options;
  const behind = new Outage(logger, {
    begun: 'invalidations are behind',
    over: 'invalidations are no longer behind',
  });
  return new Loop('watching consumption', logger, async () => {
    if (!isReady()) return lookEveryMs;
    const [oldest] = await queues.of('invalidation').getWaiting(0, 0);
    const ageMs = oldest === undefined ? 0 : Date.now() - oldest.timestamp;
    if (ageMs <= MAX_AGE_MS) {
      behind.end();
      if (healthFile !== null) await writeFile(healthFile, `${new Date().toISOString()}\n`);
    } else behind.begin(`the oldest has waited ${Math.round(ageMs / 1_000)} s; start more workers, or check this one`);
    return lookEveryMs;
  });
}

const QUARANTINE_EVERY_MS = 10_000;

/**
 * Logs the numbers of quarantined jobs whenever they change: no worker tries such a job again until an operator does. Looks
 * every 10 s by default.
 */
export function watchQuarantine(options: WatchOptions): Loop {
  const { queues, isReady, logger, lookEveryMs = QUARANTINE_EVERY_MS } = options;
  let logged = '';
  return new Loop('watching the quarantine', logger, async () => {
    if (!isReady()) return lookEveryMs;
    try {
      const counts = Object.entries(await countQuarantined(queues)).filter(([, count]) => count > 0);
      const now = counts.map(([queue, count]) => `${queue} ${count}`).join(', ');
      if (now === logged) return lookEveryMs;
      if (now === '') logger.info('no job is quarantined any more');
      else logger.warn(`jobs failed for good (${now}): inspect them and retry them at /admin/queues`);
      logged = now;
    } catch (error) {
      logger.debug(`the quarantined jobs could not be counted: ${messageOf(error)}`);
    }
    return lookEveryMs;
  });
}
