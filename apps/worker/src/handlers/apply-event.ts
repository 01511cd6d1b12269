import type { CacheManager } from '@pilotlight/cache-core';
import { invalidationsOf } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import { activeTrace, type InvalidationJournal, type Queues } from '@pilotlight/runtime';
import { EventNotApplied } from '../errors.ts';
import type { Handler } from '../handler.ts';
import type { Reclaimer } from '../reclaimer.ts';

export interface ApplyEventOptions {
  readonly cache: Pick<CacheManager, 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly queues: Pick<Queues, 'add'>;
  readonly reclaimer: Reclaimer;
  readonly journal: Pick<InvalidationJournal, 'record'>;
}

/**
 * Appends an event's invalidation to the log, then frees and warms the invalidated keys. The append is idempotent: the process
 * that made the change has usually appended it already, and then the log returns the same position.
 */
export function applyEvent({ cache, origin, queues, reclaimer, journal }: ApplyEventOptions): Handler<'apply-event'> {
  return async ({ event }) => {
    const parts = invalidationsOf(event);
    const receipt = await cache.invalidate(parts, { eventId: event.id });
    if (receipt.state === 'pending') throw new EventNotApplied(event.id);
    journal.record(receipt, { kind: 'event', type: event.type, file_id: event.fileId });
    const { position, epoch } = receipt;
    await origin.outbox.markApplied(event.id, position);
    // Only an entry itself shows whether a scope hits it, so scoped bytes are freed by expiry and eviction.
    for (const { prefix, scope } of parts) if (!scope) reclaimer.request(prefix, { epoch, asOf: position });
    // One job per prefix: successive events lead to one warming of it, and no event suppresses the prefix of another.
    for (const { prefix } of parts) {
      const deduplicationId = `invalidated-${prefix}`;
      const trace = activeTrace() ?? undefined;
      await queues.add(
        'warm-keys',
        { reason: 'invalidated', prefixes: [prefix], ...(trace && { trace }) },
        { deduplicationId },
      );
    }
    await origin.outbox.settle(event.id, 'apply-event');
    return { position, epoch };
  };
}
