import type { CacheManager } from '@pilotlight/cache-core';
import { outdatedBy } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { Queues } from '@pilotlight/runtime';
import { InvalidationPending } from '../errors.ts';
import type { Handler } from '../handler.ts';
import type { Reclaimer } from '../reclaimer.ts';

export interface ApplyEventOptions {
  readonly cache: Pick<CacheManager, 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly queues: Pick<Queues, 'add'>;
  readonly reclaimer: Reclaimer;
}

/**
 * Makes sure that an event's invalidation stands in the log (the process that made the change has usually appended it
 * already: the same position comes back), and has the outdated keys freed and warmed.
 */
export function applyEvent({ cache, origin, queues, reclaimer }: ApplyEventOptions): Handler<'apply-event'> {
  return async ({ event }) => {
    const parts = outdatedBy(event);
    const receipt = await cache.invalidate(parts, { eventId: event.id });
    if (receipt.state === 'pending') throw new InvalidationPending(event.id);
    const { position, epoch } = receipt;
    await origin.outbox.markApplied(event.id, position);
    // Which entries a scope has hit only each of them can tell, so their bytes are left to time and eviction.
    for (const { prefix, scope } of parts) if (!scope) reclaimer.request(prefix, { epoch, asOf: position });
    // One job per prefix, so that events in a row lead to one warming, and none of them hides another's prefix.
    for (const { prefix } of parts) {
      const deduplicationId = `invalidated-${prefix}`;
      await queues.add('warm-keys', { reason: 'invalidated', prefixes: [prefix] }, { deduplicationId });
    }
    await origin.outbox.settle(event.id, 'apply-event');
    return { position, epoch };
  };
}
