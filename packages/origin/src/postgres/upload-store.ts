import PQueue from 'p-queue';
import type { PoolClient } from 'pg';
import type { Connections } from './connections.ts';
import { removeChunks } from './remove-contents.ts';

/** Number of uploads per statement of a sweep. */
const SWEEP_AT_ONCE = 100;

/**
 * Database access of uploads. Invariant: chunks that are committed without a file have a row in `uploads_under_way`,
 * whose lock orders a further chunk, the commit and the removal.
 */
export class UploadStore {
  readonly #connections: Connections;
  /** Uploads wait here without a time limit, instead of at the pool, which gives up after 2 s. */
  readonly #turns: PQueue;
  readonly #onError: (error: unknown) => void;

  /**
   * Creates a store that runs at most `atATime` statements, which is the number of connections. `onError` receives errors that no caller
   * awaits, such as chunks that could not be removed and are left to a sweep.
   */
  constructor(connections: Connections, atATime: number, onError: (error: unknown) => void) {
    this.#connections = connections;
    this.#turns = new PQueue({ concurrency: atATime });
    this.#onError = onError;
  }

  /** Commits a chunk. Returns false if the upload was given up meanwhile. */
  async addChunk(uploadId: string, n: number, bytes: Buffer): Promise<boolean> {
    const rows = await this.#turns.add(() =>
      this.#connections.queryOne<{ n: number }>(n === 0 ? FIRST_CHUNK : NEXT_CHUNK, [uploadId, n, bytes]),
    );
    return rows.length > 0;
  }

  /** Runs `work` with a connection, outside a transaction. */
  async using<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return await this.#turns.add(() => this.#connections.using(work));
  }

  async transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return await this.#turns.add(() => this.#connections.transaction(work));
  }

  /** Removes an upload unless it has become a file. Reports a failure and leaves the rest to a sweep. */
  async remove(uploadId: string): Promise<void> {
    try {
      const rows = await this.#connections.query<{ id: string }>(
        'UPDATE uploads_under_way SET abandoned = true WHERE id = $1 RETURNING id',
        [uploadId],
      );
      for (const { id } of rows) await this.#removeAbandoned(id);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Removes the chunks of uploads that received none for `idleMs`. Returns the number of uploads. */
  async sweep(idleMs: number, signal?: AbortSignal): Promise<number> {
    let removed = 0;
    for (let found = SWEEP_AT_ONCE; found === SWEEP_AT_ONCE; ) {
      const rows = await this.#connections.query<{ id: string }>(ABANDON_IDLE, [idleMs, SWEEP_AT_ONCE]);
      for (const { id } of rows) {
        signal?.throwIfAborted();
        await this.#removeAbandoned(id);
      }
      found = rows.length;
      removed += found;
    }
    return removed;
  }

  async #removeAbandoned(uploadId: string): Promise<void> {
    await removeChunks(this.#connections, uploadId);
    // Runs last, so that an interrupted removal starts again.
    await this.#connections.query('DELETE FROM uploads_under_way WHERE id = $1 AND abandoned', [uploadId]);
  }
}

const FIRST_CHUNK = `WITH begun AS (INSERT INTO uploads_under_way (id) VALUES ($1))
  INSERT INTO upload_chunks (file_id, n, bytes) VALUES ($1, $2, $3) RETURNING n`;

const NEXT_CHUNK = `WITH alive AS (
    UPDATE uploads_under_way SET touched_at = clock_timestamp() WHERE id = $1 AND NOT abandoned RETURNING id)
  INSERT INTO upload_chunks (file_id, n, bytes) SELECT id, $2, $3 FROM alive RETURNING n`;

/** Skips uploads that another sweep is removing or that are storing a chunk at this moment. */
const ABANDON_IDLE = `UPDATE uploads_under_way SET abandoned = true WHERE id IN (
    SELECT id FROM uploads_under_way
    WHERE abandoned OR touched_at < clock_timestamp() - $1 * interval '1 millisecond'
    ORDER BY touched_at LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING id`;
