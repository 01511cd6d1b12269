import type { CacheManager } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import type { InvalidationJournal, Logger } from '@pilotlight/runtime';
import { z } from 'zod';
import { EventNotApplied } from './errors.ts';

export interface InvalidateEverythingOptions {
  readonly cache: Pick<CacheManager, 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly journal: Pick<InvalidationJournal, 'record'>;
  readonly logger: Logger;
}

/** Even the payload of a damaged job, or of another version, may contain the event's id; the job's id may contain it too. */
const tracesOfEvent = z.object({ event: z.object({ id: z.uuid() }) });
const EVENT_ID_LENGTH = 36;

/**
 * Returns the fallback for a job of the invalidation queue that cannot be done. It invalidates every entry, unless the event's own
 * invalidation is in the log already. It is idempotent per event, so a retried job empties the cache only once.
 */
export function invalidateEverything({ cache, origin, journal, logger }: InvalidateEverythingOptions) {
  return async ({ id = 'without an id', data }: { id?: string | undefined; data: unknown }): Promise<void> => {
    const eventId = eventIdOf(id, data);
    if (eventId !== null && (await origin.outbox.invalidation(eventId)).position !== null) return;
    // A separate event id: if a newer version applies the event later, its own selectors must not count as applied already.
    const receipt = await cache.invalidate([{ all: true }], { eventId: `${eventId ?? id}-all` });
    if (receipt.state === 'pending') throw new EventNotApplied(eventId ?? id);
    journal.record(receipt, { kind: 'repair', why: `job ${id} could not be applied` });
    if (eventId !== null) await origin.outbox.markApplied(eventId, receipt.position);
    logger.warn(`invalidated everything at position ${receipt.position}: job ${id} could not be applied`);
  };
}

function eventIdOf(jobId: string, data: unknown): string | null {
  const traces = tracesOfEvent.safeParse(data);
  if (traces.success) return traces.data.event.id;
  const start = z.uuid().safeParse(jobId.slice(0, EVENT_ID_LENGTH));
  return start.success ? start.data : null;
}
