import { setTimeout as sleep } from 'node:timers/promises';
import type { CacheManager } from '@pilotlight/cache-core';
import { type DomainEvent, type Invalidation, outdatedBy } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';

/** The relay notes it again, so the writer who waits for the answer need not. */
const MARK_WITHIN_MS = 500;

/** Outdates what a committed event outdates. `pending`: the log is out of reach, and a worker will do it later. */
export async function invalidateByEvent(
  { cache, origin, logger }: { cache: CacheManager; origin: Origin; logger: Logger },
  event: DomainEvent,
): Promise<Invalidation> {
  // The change is committed: whatever goes wrong from here on is no error of the one who asked for it.
  const { state, position } = await cache
    .invalidate(outdatedBy(event), { eventId: event.id })
    .catch((error: unknown) => {
      logger.error({ err: error }, `event ${event.id} is left to the relay`);
      return { state: 'pending', position: null } as const;
    });
  if (state === 'pending') return { state, position: null };
  const marking = origin.outbox
    .markApplied(event.id, position)
    .catch((error: unknown) => logger.warn({ err: error }, `event ${event.id} is applied, but not marked so`));
  const late = new AbortController();
  await Promise.race([marking, sleep(MARK_WITHIN_MS, undefined, { signal: late.signal }).catch(() => undefined)]);
  late.abort();
  return { state, position };
}
