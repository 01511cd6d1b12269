import type { CacheManager } from '@pilotlight/cache-core';
import { type DomainEvent, type Invalidation, invalidationsOf, type JournalEntry } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import { confirmationsOf, type InvalidationJournal, type Logger } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';
import type { Written } from './http/write-headers.ts';

/** The answer waits no longer for this: if it fails, the relay marks the event. */
const MARK_WITHIN_MS = 500;

/** As `announceEvent`; returns the state of the invalidation alone. */
export async function invalidateByEvent(deps: AnnouncingDeps, event: DomainEvent): Promise<Invalidation> {
  return (await announceEvent(deps, event)).invalidation;
}

interface AnnouncingDeps {
  readonly cache: CacheManager;
  readonly origin: Origin;
  readonly journal: Pick<InvalidationJournal, 'record'>;
  readonly logger: Logger;
}

/** The state of an event's invalidation, for the body of an answer, and the content of its headers. */
export interface AnnouncedEvent extends Written {
  readonly invalidation: Invalidation;
  /** How long the receipt took, in ms, and when each process confirmed; null if the state is `pending`. */
  readonly confirmed: Pick<JournalEntry, 'receipt_ms' | 'processes'> | null;
}

/**
 * Invalidates what a committed event affects. Never rejects: the state is `pending` if the invalidation log is unreachable,
 * and then a worker invalidates later.
 */
export async function announceEvent(
  { cache, origin, journal, logger }: AnnouncingDeps,
  event: DomainEvent,
): Promise<AnnouncedEvent> {
  const selectors = invalidationsOf(event);
  // The change is committed, so a failure from here on must not fail the request.
  const receipt = await cache.invalidate(selectors, { eventId: event.id }).catch((error: unknown) => {
    logger.error({ err: error }, `event ${event.id} could not be applied: the relay will apply it`);
    return { state: 'pending', position: null } as const;
  });
  const { state, position } = receipt;
  const announced = { selectors, positions: [receipt], invalidation: { state, position }, confirmed: null };
  if (receipt.state === 'pending') return announced;
  journal.record(receipt, { kind: 'event', type: event.type, file_id: event.fileId });
  const marking = origin.outbox
    .markApplied(event.id, receipt.position)
    .catch((error: unknown) =>
      logger.warn({ err: error }, `event ${event.id} is applied, but could not be marked as applied`),
    );
  await pTimeout(marking, { milliseconds: MARK_WITHIN_MS, message: false });
  const receipt_ms = Math.round(receipt.receiptMs * 100) / 100;
  return { ...announced, confirmed: { receipt_ms, processes: confirmationsOf(receipt) } };
}
