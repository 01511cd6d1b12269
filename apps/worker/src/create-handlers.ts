import { systemClock } from '@pilotlight/cache-core';
import { RECIPES } from '@pilotlight/recipes';
import type { Logger, Queues } from '@pilotlight/runtime';
import { Auditor } from './auditing/auditor.ts';
import { MAX_SAVED_UP_MS, ORIGIN_SHARE } from './auditing/limits.ts';
import type { Deps } from './deps.ts';
import type { Handlers } from './handler.ts';
import { applyEvent } from './handlers/apply-event.ts';
import { auditFreshness } from './handlers/audit-freshness.ts';
import { ingestFile } from './handlers/ingest-file.ts';
import { purgeFile } from './handlers/purge-file.ts';
import { sweepOutbox } from './handlers/sweep-outbox.ts';
import { warmKeys } from './handlers/warm-keys.ts';
import { LONG_READS } from './limits.ts';
import { LongReads } from './long-reads.ts';
import { SharedBudget } from './warming/budget.ts';
import { openKeepWarm } from './warming/open-keep-warm.ts';

/** Every job's code, on the real things. */
export function createHandlers(
  deps: Deps,
  queues: Queues,
  logger: Logger,
  keepWarm = openKeepWarm(deps, logger),
): Handlers {
  const { origin, cache, reclaimer } = deps;
  const answers = Object.values(RECIPES);
  const budget = new SharedBudget({
    connection: deps.producer,
    key: 'pilotlight:budget:audits',
    share: ORIGIN_SHARE,
    maxMs: MAX_SAVED_UP_MS,
    logger,
  });
  const auditor = new Auditor({ cache, origin, logger, answers, clock: systemClock, budget, random: Math.random });
  return {
    'ingest-file': ingestFile({ origin, logger, longReads: new LongReads(LONG_READS) }),
    'apply-event': applyEvent({ cache, origin, queues, reclaimer }),
    'purge-file': purgeFile({ origin }),
    'warm-keys': warmKeys(keepWarm),
    'audit-freshness': auditFreshness(auditor),
    'sweep-outbox': sweepOutbox({ origin }),
  };
}
