import { validate as isUuid } from 'uuid';
import type { Quotas } from '../quotas.ts';
import {
  type Append,
  type Appended,
  type IdempotencyKey,
  KEYS_KEPT_MS,
  MAX_KEYS,
  type StreamLimits,
  type Streams,
} from '../streams.ts';
import { PostgresAppend } from './append.ts';
import { appendEvent } from './append-event.ts';
import type { Connections } from './connections.ts';
import { earlierAnswer } from './earlier-answer.ts';
import { Turns } from './turns.ts';
import type { UploadStore } from './upload-store.ts';

export interface StreamsOptions {
  readonly store: UploadStore;
  /** Maximum number of concurrent appends in this process; each takes up to 2 MiB of memory. */
  readonly max: number;
  /** Maximum size of a request in bytes; null means no limit. */
  readonly maxBytes: number | null;
  readonly quotas: Quotas;
  readonly limits: StreamLimits;
}

/** A stream without lines for this time is forgotten; its files are not. */
const IDLE_MS = 3_600_000;
/** The number of files that one transaction rolls. */
const ROLL_AT_ONCE = 20;
/** The number of keys that one statement forgets. */
const FORGET_AT_ONCE = 10_000;

/** Streams in Postgres. A request is one chunk, or several, of the open file of its stream. */
export class PostgresStreams implements Streams {
  readonly #work: Connections;
  readonly #options: StreamsOptions;
  readonly #turns: Turns;

  /** @param work for everything but the bytes */
  constructor(work: Connections, options: StreamsOptions) {
    this.#work = work;
    this.#options = options;
    this.#turns = new Turns(options.max);
  }

  async begin(stream: string, uploader: string | null = null): Promise<Append> {
    await this.#turns.take();
    const { store, maxBytes, quotas, limits } = this.#options;
    return new PostgresAppend(store, {
      stream,
      uploader,
      maxBytes,
      quotas,
      limits,
      endTurn: () => this.#turns.end(),
    });
  }

  async isKnown(key: string, uploader: string | null): Promise<boolean> {
    const values = [uploader ?? '', key];
    const rows = await this.#work.queryOne('SELECT FROM idempotency_keys WHERE caller = $1 AND key = $2', values);
    return rows.length > 0;
  }

  async earlier(key: IdempotencyKey, uploader: string | null): Promise<Appended | null> {
    return await this.#work.using((client) => earlierAnswer(client, key, uploader));
  }

  async isOpen(fileId: string): Promise<boolean> {
    if (!isUuid(fileId)) return false;
    const rows = await this.#work.queryOne('SELECT FROM ingest_streams WHERE file_id = $1', [fileId]);
    return rows.length > 0;
  }

  async overdueMs(): Promise<number> {
    const { rollMs, steadyRollMs, quickFiles } = this.#options.limits;
    const [row] = await this.#work.queryOne<{ ms: number | null }>(
      `SELECT max(extract(epoch FROM clock_timestamp() - opened_at)::float8 * 1000
         - CASE WHEN rolls < $2 THEN $1::float8 ELSE $3::float8 END) AS ms
       FROM ingest_streams WHERE file_id IS NOT NULL`,
      [rollMs, quickFiles, Math.max(rollMs, steadyRollMs)],
    );
    return Math.max(0, row?.ms ?? 0);
  }

  async roll(): Promise<number> {
    let rolled = 0;
    for (let found = ROLL_AT_ONCE; found === ROLL_AT_ONCE; rolled += found) found = await this.#rollSome();
    return rolled;
  }

  async sweep(): Promise<number> {
    await this.#work.query(
      `DELETE FROM ingest_streams WHERE file_id IS NULL AND rolled_at < clock_timestamp() - $1 * interval '1 millisecond'`,
      [IDLE_MS],
    );
    let forgotten = 0;
    for (let found = FORGET_AT_ONCE; found === FORGET_AT_ONCE; forgotten += found) {
      found = (await this.#work.query(FORGET_KEYS, [KEYS_KEPT_MS, MAX_KEYS, FORGET_AT_ONCE])).length;
    }
    return forgotten;
  }

  async #rollSome(): Promise<number> {
    const { rollMs, steadyRollMs, quickFiles, rollBytes } = this.#options.limits;
    const limits = [rollMs, steadyRollMs, quickFiles, rollBytes, ROLL_AT_ONCE];
    // Most looks find nothing, and cost one statement without a lock.
    if ((await this.#work.queryOne(`${DUE} LIMIT 1`, limits.slice(0, 4))).length === 0) return 0;
    return await this.#work.transaction(async (client) => {
      const { rows } = await client.query<{ id: string }>(ROLL, limits);
      for (const { id } of rows) await appendEvent(client, 'file.uploaded', id);
      return rows.length;
    });
  }
}

const DUE = `SELECT stream, uploader, file_id, opened_at, size_bytes FROM ingest_streams
  WHERE file_id IS NOT NULL AND opened_at < clock_timestamp() - $1 * interval '1 millisecond'
    AND (size_bytes >= $4 OR opened_at < clock_timestamp() - CASE WHEN rolls < $3 THEN $1::integer ELSE $2::integer END
      * interval '1 millisecond')`;

/**
 * Waits for the locks of requests instead of skipping locked rows, because the row of a busy stream is always locked. A second process
 * that waits finds the file rolled.
 */
const ROLL = `WITH due AS (${DUE} ORDER BY stream, uploader LIMIT $5 FOR UPDATE),
  closed AS (
    UPDATE ingest_streams AS s
    SET file_id = NULL, chunks = 0, size_bytes = 0, rolled_at = clock_timestamp(), rolls = s.rolls + 1
    FROM due WHERE s.stream = due.stream AND s.uploader = due.uploader RETURNING due.*)
  INSERT INTO files (id, name, size_bytes, uploaded_by, of_stream)
  SELECT file_id, stream || '-' || to_char(opened_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISSMS"Z"') || '.log',
    size_bytes, nullif(uploader, ''), true FROM closed RETURNING id`;

const FORGET_KEYS = `DELETE FROM idempotency_keys WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_keys
    WHERE created_at < clock_timestamp() - $1 * interval '1 millisecond' OR created_at < (
      SELECT created_at FROM idempotency_keys ORDER BY created_at DESC OFFSET $2 LIMIT 1)
    LIMIT $3)) RETURNING key`;
