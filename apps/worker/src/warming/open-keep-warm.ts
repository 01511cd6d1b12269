import { systemClock } from '@pilotlight/cache-core';
import { RECIPES } from '@pilotlight/recipes';
import type { Logger } from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';
import { Outage } from '../outage.ts';
import { SharedBudget } from './budget.ts';
import { KeepWarm } from './keep-warm.ts';
import { MAX_SAVED_UP_MS } from './limits.ts';

/** On the real things. */
export function openKeepWarm(
  { cache, origin, producer, warmingShare }: Pick<Deps, 'cache' | 'origin' | 'producer' | 'warmingShare'>,
  logger: Logger,
): KeepWarm {
  const budget = new SharedBudget({
    connection: producer,
    key: 'pilotlight:budget:warming',
    share: warmingShare,
    maxMs: MAX_SAVED_UP_MS,
    logger,
  });
  const loading = new Outage(logger, { begun: 'keys could not be warmed', over: 'keys are warmed again' });
  return new KeepWarm({ cache, origin, logger, answers: Object.values(RECIPES), loading, clock: systemClock, budget });
}
