import { domainEventSchema, type Invalidation, type JobName } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { Outbox, OutboxEntry, RecentEvent, RelayLimits, UnreadableEntry } from '../outbox.ts';
import type { Connections } from './connections.ts';
import { OutboxNotifications, type OutboxNotificationsOptions } from './outbox-notifications.ts';

type OutboxOptions = Omit<OutboxNotificationsOptions, 'listener'>;

/** Deleting this number of events takes less than a second. */
const EVENTS_PER_DELETE = 1_000;

const DUE_AGAIN = `UPDATE outbox SET handed_over_at = clock_timestamp(), hand_overs = hand_overs + 1 WHERE id = ANY($1)`;

export class PostgresOutbox implements Outbox {
  readonly #connections: Connections;
  readonly #options: OutboxOptions;

  constructor(connections: Connections, options: OutboxOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  async relay(
    options: RelayLimits,
    handOver: (entries: OutboxEntry[], unreadable: UnreadableEntry[]) => Promise<void>,
  ): Promise<number> {
    return await this.#connections.transaction(async (client) => {
      const { ids, entries, unreadable } = await this.#lockDue(client, options);
      if (ids.length === 0) return 0;
      await handOver(entries, unreadable);
      await client.query(DUE_AGAIN, [ids]);
      return ids.length;
    });
  }

  async waitingMs(eventId: string | null): Promise<number> {
    const [row] = await this.#connections.queryOne<{ ms: number | null }>(
      `SELECT extract(epoch FROM clock_timestamp() - min(created_at))::float8 * 1000 AS ms FROM (
         (SELECT created_at FROM outbox WHERE cardinality(pending_jobs) > 0 AND handed_over_at IS NULL
          ORDER BY created_at LIMIT 1)
         UNION ALL (SELECT created_at FROM outbox WHERE id = $1)) waiting`,
      [eventId],
    );
    return Math.max(0, row?.ms ?? 0);
  }

  /** Locks due events. Another caller skips locked rows; a caller that dies releases them by losing its connection. */
  async #lockDue(
    client: PoolClient,
    { limit, retryAfterMs, allBeforeMs }: RelayLimits,
  ): Promise<{ ids: string[]; entries: OutboxEntry[]; unreadable: UnreadableEntry[] }> {
    const { rows } = await client.query<{ id: string; payload: unknown; pending_jobs: JobName[] }>(
      `SELECT id, payload, pending_jobs FROM outbox
       WHERE cardinality(pending_jobs) > 0
         AND (handed_over_at IS NULL OR handed_over_at <= clock_timestamp() - make_interval(secs => least(
           $2::float8 * power(2, least(greatest(hand_overs - 1, 0), 30)), $3::float8, $4::float8) / 1000))
       ORDER BY handed_over_at IS NULL DESC, created_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [limit, retryAfterMs, 20 * retryAfterMs, allBeforeMs ?? null],
    );
    const entries: OutboxEntry[] = [];
    const unreadable: UnreadableEntry[] = [];
    for (const { id, payload, pending_jobs: jobs } of rows) {
      const event = domainEventSchema.safeParse(payload);
      if (event.success) entries.push({ event: event.data, jobs });
      else {
        unreadable.push({ id, payload, jobs });
        this.#options.onError(event.error);
      }
    }
    return { ids: rows.map(({ id }) => id), entries, unreadable };
  }

  async settle(eventId: string, job: JobName): Promise<void> {
    await this.#connections.queryOne('UPDATE outbox SET pending_jobs = array_remove(pending_jobs, $2) WHERE id = $1', [
      eventId,
      job,
    ]);
  }

  async markApplied(eventId: string, position: number): Promise<void> {
    await this.#connections.queryOne(
      'UPDATE outbox SET position = $2, applied_at = clock_timestamp() WHERE id = $1 AND position IS NULL',
      [eventId, position],
    );
  }

  async invalidation(eventId: string): Promise<Invalidation> {
    const [row] = await this.#connections.queryOne<{ position: number | null }>(
      'SELECT position FROM outbox WHERE id = $1',
      [eventId],
    );
    const position = row?.position ?? null;
    // An event that is no longer stored was settled long ago.
    return { position, state: row !== undefined && position === null ? 'pending' : 'applied' };
  }

  async recent({ withinMs, limit }: { withinMs: number; limit: number }): Promise<RecentEvent[]> {
    const rows = await this.#connections.query<{ id: string; payload: unknown; ageMs: number; isApplied: boolean }>(
      `SELECT id, payload, position IS NOT NULL AS "isApplied",
         extract(epoch FROM clock_timestamp() - created_at)::float8 * 1000 AS "ageMs"
       FROM (
         (SELECT * FROM outbox WHERE created_at > clock_timestamp() - make_interval(secs => $1::float8 / 1000)
          ORDER BY created_at DESC LIMIT $2)
         UNION (SELECT * FROM outbox WHERE cardinality(pending_jobs) > 0 AND position IS NULL)) recent
       ORDER BY created_at`,
      [withinMs, limit],
    );
    return rows.map(({ payload, ...row }) => ({ ...row, event: domainEventSchema.safeParse(payload).data ?? null }));
  }

  async onNotify(listener: () => void): Promise<{ close(): Promise<void> }> {
    return OutboxNotifications.follow({ ...this.#options, listener });
  }

  async prune(olderThanMs: number): Promise<number> {
    let removed = 0;
    for (let found = EVENTS_PER_DELETE; found === EVENTS_PER_DELETE; ) {
      const rows = await this.#connections.query(
        // The latest event of a file stays as long as the file, because it holds the state of the file's invalidation.
        `DELETE FROM outbox WHERE ctid = ANY(ARRAY(
           SELECT ctid FROM outbox o
           WHERE cardinality(pending_jobs) = 0
             AND created_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000)
             AND (NOT EXISTS (SELECT FROM files WHERE id = o.file_id)
               OR EXISTS (SELECT FROM outbox later
                    WHERE later.file_id = o.file_id AND (later.created_at, later.id) > (o.created_at, o.id)))
           LIMIT ${EVENTS_PER_DELETE})) RETURNING id`,
        [olderThanMs],
      );
      found = rows.length;
      removed += found;
    }
    return removed;
  }
}
