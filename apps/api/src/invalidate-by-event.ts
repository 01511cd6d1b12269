import type { CacheManager } from '@pilotlight/cache-core';
import { type DomainEvent, type Invalidation, invalidationsOf } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';

/** The answer waits no longer for this: if it fails, the relay marks the event. */
const MARK_WITHIN_MS = 500;

/**
 * Invalidates what a committed event affects. Never rejects: the state is `pending` if the invalidation log is unreachable,
 * and then a worker invalidates later.
 */
export async function invalidateByEvent(
  { cache, origin, logger }: { cache: CacheManager; origin: Origin; logger: Logger },
  event: DomainEvent,
): Promise<Invalidation> {
  // The change is committed, so a failure from here on must not fail the request.
  const { state, position } = await cache
    .invalidate(invalidationsOf(event), { eventId: event.id })
    .catch((error: unknown) => {
      logger.error({ err: error }, `event ${event.id} could not be applied: the relay will apply it`);
      return { state: 'pending', position: null } as const;
    });
  if (state === 'pending') return { state, position: null };
  const marking = origin.outbox
    .markApplied(event.id, position)
    .catch((error: unknown) =>
      logger.warn({ err: error }, `event ${event.id} is applied, but could not be marked as applied`),
    );
  await pTimeout(marking, { milliseconds: MARK_WITHIN_MS, message: false });
  return { state, position };
}
