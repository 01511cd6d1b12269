import type { CacheManager } from '@pilotlight/cache-core';
import type { Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { z } from 'zod';
import { InvalidationPending } from './errors.ts';

export interface OutdateAllOptions {
  readonly cache: Pick<CacheManager, 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly logger: Logger;
}

/** What even a job of another version, or a damaged one, may still tell: its event's id, in its payload or its own id. */
const tracesOfEvent = z.object({ event: z.object({ id: z.uuid() }) });
const EVENT_ID_LENGTH = 36;

/**
 * For a job of the invalidation queue that cannot be done: outdates every entry of every prefix, unless the event's own
 * invalidation stands in the log already. Idempotent per event, so a job that is tried again costs one cold cache.
 */
export function outdateAll({ cache, origin, logger }: OutdateAllOptions) {
  return async ({ id = 'without an id', data }: { id?: string | undefined; data: unknown }): Promise<void> => {
    const eventId = eventIdOf(id, data);
    if (eventId !== null && (await origin.outbox.invalidation(eventId)).position !== null) return;
    // An id of its own: where a newer version applies the event after all, its own selectors must not count as applied.
    const receipt = await cache.invalidate([{ all: true }], { eventId: `${eventId ?? id}-all` });
    if (receipt.state === 'pending') throw new InvalidationPending(eventId ?? id);
    if (eventId !== null) await origin.outbox.markApplied(eventId, receipt.position);
    logger.warn(`everything is outdated in place of what job ${id} could not say, at ${receipt.position}`);
  };
}

function eventIdOf(jobId: string, data: unknown): string | null {
  const traces = tracesOfEvent.safeParse(data);
  if (traces.success) return traces.data.event.id;
  const start = z.uuid().safeParse(jobId.slice(0, EVENT_ID_LENGTH));
  return start.success ? start.data : null;
}
