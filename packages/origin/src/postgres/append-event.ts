import {
  type DomainEvent,
  type DomainEventType,
  type Extent,
  JOBS_OF_EVENT,
  type TraceContext,
} from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { activeTrace } from '../trace-context.ts';

/** Channel that `Outbox.onNotify` listens on. */
export const OUTBOX_CHANNEL = 'pilotlight_outbox';

/**
 * Writes the event to the outbox, in the transaction of the change it describes. Listeners are notified at COMMIT.
 * Without an extent, the event does not say what part of the data changed. The event carries the trace of the caller, if there is one.
 */
export async function appendEvent(
  client: PoolClient,
  type: DomainEventType,
  fileId: string,
  extent?: Extent,
  trace: TraceContext | null = activeTrace(),
): Promise<DomainEvent> {
  const event: DomainEvent = {
    id: uuidv7(),
    type,
    version: 1,
    at: new Date().toISOString(),
    fileId,
    ...(extent && { extent }),
    ...(trace && { trace }),
  };
  await client.query(
    `WITH news AS (SELECT pg_notify($5, ''))
     INSERT INTO outbox (id, type, file_id, payload, pending_jobs)
     SELECT $1, $2, $3, $4, $6 FROM news`,
    [event.id, type, fileId, event, OUTBOX_CHANNEL, [...JOBS_OF_EVENT[type]]],
  );
  return event;
}
