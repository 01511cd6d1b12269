import { countQuarantined, type Logger, type Queues } from '@pilotlight/runtime';
import { messageOf } from './errors.ts';
import { Loop } from './loop.ts';

const LOOK_EVERY_MS = 10_000;

/** Says how many jobs are quarantined whenever that number has changed: each is work that nobody does until somebody looks. */
export function watchQuarantine(options: {
  queues: Pick<Queues, 'of'>;
  isReady: () => boolean;
  logger: Logger;
  /** Default 10 s. */
  lookEveryMs?: number;
}): Loop {
  const { queues, isReady, logger, lookEveryMs = LOOK_EVERY_MS } = options;
  let told = '';
  return new Loop('watching the quarantine', logger, async () => {
    if (!isReady()) return lookEveryMs;
    try {
      const counts = Object.entries(await countQuarantined(queues)).filter(([, count]) => count > 0);
      const now = counts.map(([queue, count]) => `${queue} ${count}`).join(', ');
      if (now === told) return lookEveryMs;
      if (now === '') logger.info('no job is quarantined any more');
      else logger.warn(`jobs failed for good (${now}): look at them, and try them again, at /admin/queues`);
      told = now;
    } catch (error) {
      logger.debug(`the quarantine could not be counted: ${messageOf(error)}`);
    }
    return lookEveryMs;
  });
}
