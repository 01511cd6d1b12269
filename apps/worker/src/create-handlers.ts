import { systemClock } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import { RECIPES } from '@pilotlight/recipes';
import type { Logger, Queues } from '@pilotlight/runtime';
import { Auditor } from './auditing/auditor.ts';
import * as auditing from './auditing/limits.ts';
import type { Deps } from './deps.ts';
import type { Handler, Handlers } from './handler.ts';
import { applyEvent } from './handlers/apply-event.ts';
import { applyRetention } from './handlers/apply-retention.ts';
import { ingestFile } from './handlers/ingest-file.ts';
import { sweepOutbox } from './handlers/sweep-outbox.ts';
import { warmKeys } from './handlers/warm-keys.ts';
import { LONG_READS } from './limits.ts';
import { LongReads } from './long-reads.ts';
import { Outage } from './outage.ts';
import { SharedBudget } from './warming/budget.ts';
import { KeepWarm } from './warming/keep-warm.ts';
import * as warming from './warming/limits.ts';

const ANSWERS = Object.values(RECIPES);

/** Returns the handler of every job, connected to the process's dependencies. */
export function createHandlers(deps: Deps, queues: Queues, keepWarm: KeepWarm, logger: Logger): Handlers {
  const { origin, cache, reclaimer, journal, rawRetentionMs, work } = deps;
  const ingest = ingestFile({ origin, logger, longReads: new LongReads(LONG_READS) });
  const auditor = createAuditor(deps, logger);
  return {
    'ingest-file': async (data, context) => {
      const result = await ingest(data, context);
      work.ingested(data.event, result);
      return result;
    },
    'apply-event': applyEvent({ cache, origin, queues, reclaimer, journal }),
    'purge-file': purgeFile(origin),
    'warm-keys': warmKeys({ keepWarm, progress: origin.progress }),
    'audit-freshness': (_data, { signal }) => auditor.audit(signal),
    'sweep-outbox': sweepOutbox({ origin, rawRetentionMs }),
    'apply-retention': applyRetention({ origin, logger }),
  };
}

function purgeFile(origin: Origin): Handler<'purge-file'> {
  return async ({ event }, { signal }) => {
    await origin.files.purge(event.fileId, signal);
    await origin.outbox.settle(event.id, 'purge-file');
    return {};
  };
}

export function createKeepWarm(
  {
    cache,
    origin,
    producer,
    warmingShare,
    work,
  }: Pick<Deps, 'cache' | 'origin' | 'producer' | 'warmingShare' | 'work'>,
  logger: Logger,
): KeepWarm {
  const budget = new SharedBudget({
    connection: producer,
    key: 'pilotlight:budget:warming',
    share: warmingShare,
    maxMs: warming.MAX_SAVED_UP_MS,
    logger,
  });
  const loading = new Outage(logger, { begun: 'warming fails', over: 'warming succeeds again' });
  return new KeepWarm({
    cache,
    origin,
    logger,
    answers: ANSWERS,
    loading,
    clock: systemClock,
    budget,
    onWarmed: work.warmed,
  });
}

function createAuditor({ cache, origin, journal, findings, producer, work }: Deps, logger: Logger): Auditor {
  const budget = new SharedBudget({
    connection: producer,
    key: 'pilotlight:budget:audits',
    share: auditing.ORIGIN_SHARE,
    maxMs: auditing.MAX_SAVED_UP_MS,
    logger,
  });
  const parts = { cache, origin, journal, findings, logger, answers: ANSWERS, clock: systemClock, budget };
  return new Auditor({ ...parts, random: Math.random, onAudited: work.audited });
}
