import { domainEventSchema, type Invalidation, type JobName } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import type { Outbox, OutboxEntry } from '../origin.ts';
import type { Connections } from './connections.ts';
import { News } from './news.ts';

interface OutboxOptions {
  databaseUrl: string;
  onError: (error: unknown) => void;
}

/** The `outbox` table, as `Outbox` promises it. */
export class PostgresOutbox implements Outbox {
  readonly #connections: Connections;
  readonly #options: OutboxOptions;

  constructor(connections: Connections, options: OutboxOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  async relay(
    options: { limit: number; retryAfterMs: number },
    handOver: (entries: OutboxEntry[]) => Promise<void>,
  ): Promise<number> {
    return await this.#connections.transaction(async (client) => {
      const { ids, entries } = await this.#lockDue(client, options);
      if (entries.length > 0) await handOver(entries);
      // Also what could not be read: it would stand before all others each time.
      await client.query('UPDATE outbox SET handed_over_at = clock_timestamp() WHERE id = ANY($1)', [ids]);
      return entries.length;
    });
  }

  /** Another caller skips the locked rows; a caller that dies gives them back by losing its connection. */
  async #lockDue(
    client: PoolClient,
    options: { limit: number; retryAfterMs: number },
  ): Promise<{ ids: string[]; entries: OutboxEntry[] }> {
    const { rows } = await client.query<{ id: string; payload: unknown; pending_jobs: JobName[] }>(
      `SELECT id, payload, pending_jobs FROM outbox
       WHERE cardinality(pending_jobs) > 0
         AND (handed_over_at IS NULL OR handed_over_at <= clock_timestamp() - make_interval(secs => $2::float8 / 1000))
       ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED`,
      [options.limit, options.retryAfterMs],
    );
    const entries: OutboxEntry[] = [];
    for (const row of rows) {
      const event = domainEventSchema.safeParse(row.payload);
      // A newer version wrote it; its own processes will relay it, and the rest must not wait for that.
      if (event.success) entries.push({ event: event.data, jobs: row.pending_jobs });
      else this.#options.onError(event.error);
    }
    return { ids: rows.map(({ id }) => id), entries };
  }

  async settle(eventId: string, job: JobName): Promise<void> {
    await this.#connections.query('UPDATE outbox SET pending_jobs = array_remove(pending_jobs, $2) WHERE id = $1', [
      eventId,
      job,
    ]);
  }

  async markApplied(eventId: string, position: number): Promise<void> {
    await this.#connections.query(
      'UPDATE outbox SET position = $2, applied_at = clock_timestamp() WHERE id = $1 AND position IS NULL',
      [eventId, position],
    );
  }

  async invalidation(eventId: string): Promise<Invalidation> {
    const [row] = await this.#connections.query<{ position: number | null }>(
      'SELECT position FROM outbox WHERE id = $1',
      [eventId],
    );
    const position = row?.position ?? null;
    // An event that is no longer kept was settled long ago.
    return { position, state: row !== undefined && position === null ? 'pending' : 'applied' };
  }

  async onNews(listener: () => void): Promise<{ close(): Promise<void> }> {
    return News.follow({ ...this.#options, listener });
  }

  async prune(olderThanMs: number): Promise<number> {
    const rows = await this.#connections.query(
      // The latest event of a file stays as long as the file: it tells where the file's invalidation stands.
      `DELETE FROM outbox o
       WHERE cardinality(pending_jobs) = 0
         AND created_at < clock_timestamp() - make_interval(secs => $1::float8 / 1000)
         AND (NOT EXISTS (SELECT FROM files WHERE id = o.file_id)
           OR EXISTS (SELECT FROM outbox later
                WHERE later.file_id = o.file_id AND (later.created_at, later.id) > (o.created_at, o.id)))
       RETURNING id`,
      [olderThanMs],
    );
    return rows.length;
  }
}
