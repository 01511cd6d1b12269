import { RECIPES } from '@pilotlight/recipes';
import type { Logger, Queues } from '@pilotlight/runtime';
import PQueue from 'p-queue';
import type { Deps } from './deps.ts';
import type { Handlers } from './handler.ts';
import { applyEvent } from './handlers/apply-event.ts';
import { ingestFile } from './handlers/ingest-file.ts';
import { purgeFile } from './handlers/purge-file.ts';
import { sweepOutbox } from './handlers/sweep-outbox.ts';
import { warmKeys } from './handlers/warm-keys.ts';
import { WARMING_LOADS } from './limits.ts';
import { Outage } from './outage.ts';

/** Every job's code, on the real things. */
export function createHandlers({ origin, cache, reclaimer }: Deps, queues: Queues, logger: Logger): Handlers {
  const loading = new Outage(logger, { begun: 'keys could not be warmed', over: 'keys are warmed again' });
  return {
    'ingest-file': ingestFile({ origin, logger }),
    'apply-event': applyEvent({ cache, origin, queues, reclaimer }),
    'purge-file': purgeFile({ origin }),
    'warm-keys': warmKeys({
      cache,
      origin,
      logger,
      answers: Object.values(RECIPES),
      turns: new PQueue({ concurrency: WARMING_LOADS }),
      loading,
    }),
    'sweep-outbox': sweepOutbox({ origin }),
  };
}
