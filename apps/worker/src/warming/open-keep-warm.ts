import { systemClock } from '@pilotlight/cache-core';
import { RECIPES } from '@pilotlight/recipes';
import type { Logger } from '@pilotlight/runtime';
import type { Deps } from '../deps.ts';
import { Outage } from '../outage.ts';
import { KeepWarm } from './keep-warm.ts';

/** On the real things. */
export function openKeepWarm({ cache, origin }: Pick<Deps, 'cache' | 'origin'>, logger: Logger): KeepWarm {
  const loading = new Outage(logger, { begun: 'keys could not be warmed', over: 'keys are warmed again' });
  return new KeepWarm({ cache, origin, logger, answers: Object.values(RECIPES), loading, clock: systemClock });
}
