import type { PoolClient } from 'pg';
import { QuotaExceeded, StreamBehind } from '../errors.ts';
import type { Quotas } from '../quotas.ts';
import type { Append, Appended, StreamLimits } from '../streams.ts';
import { earlierAnswer } from './earlier-answer.ts';
import { claimQuotas, hasLimit } from './quotas.ts';
import { type Staged, StagedBytes, type StagedBytesOptions, sweptAway } from './staged-bytes.ts';
import { codeOf } from './unavailable.ts';
import type { Statements } from './until-aborted.ts';
import type { UploadStore } from './upload-store.ts';

interface AppendOptions extends StagedBytesOptions {
  readonly stream: string;
  readonly uploader: string | null;
  readonly quotas: Quotas;
  readonly limits: StreamLimits;
}

type Request = Parameters<Append['commit']>[0];

/**
 * The lines of one request. Short ones are one statement; the stored chunks of long ones become chunks of the open file in one
 * transaction, which changes their keys and leaves their bytes where they are.
 */
export class PostgresAppend implements Append {
  readonly #store: UploadStore;
  readonly #options: AppendOptions;
  readonly #bytes: StagedBytes;

  constructor(store: UploadStore, options: AppendOptions) {
    this.#store = store;
    this.#options = options;
    this.#bytes = new StagedBytes(store, options);
  }

  async write(bytes: Buffer): Promise<void> {
    await this.#bytes.write(bytes);
  }

  async commit(request: Request): Promise<Appended> {
    try {
      const { firstChunk: _, ...appended } = await this.#bytes.commit((staged) => this.#publish(staged, request));
      return appended;
    } catch (error) {
      // A repetition of stored lines gets their answer, even if new lines were refused.
      const isRefused = error instanceof QuotaExceeded || error instanceof StreamBehind;
      const { key } = request;
      if (key === null || !(isRefused || isKeyTaken(error))) throw error;
      const earlier = await this.#store.using((client) => earlierAnswer(client, key, this.#options.uploader));
      if (earlier !== null) return earlier;
      throw isRefused ? error : new StreamBehind(this.#options.stream); // the key was forgotten at this moment
    }
  }

  async abort(): Promise<void> {
    await this.#bytes.abort();
  }

  async #publish(staged: Staged, request: Request): Promise<Placed> {
    const { quotas } = this.#options;
    if (staged.chunks === 0 && !hasLimit(quotas))
      return await this.#store.using((client) => this.#add(client, staged, request));
    return await this.#store.transaction(async (client) => {
      await this.#claimQuotas(client, staged.sizeBytes);
      const appended = await this.#add(client, staged, request);
      if (staged.chunks > 0) await moveChunks(client, staged, appended);
      return appended;
    });
  }

  async #claimQuotas(client: PoolClient, bytes: number): Promise<void> {
    const { quotas, uploader, stream } = this.#options;
    if (!hasLimit(quotas)) return;
    const { rowCount } = await client.query(
      'SELECT FROM ingest_streams WHERE stream = $1 AND uploader = $2 AND file_id IS NOT NULL',
      [stream, uploader ?? ''],
    );
    await claimQuotas(client, quotas, { uploader, bytes, files: rowCount === 0 ? 1 : 0 });
  }

  /** The lock on the row of the stream orders requests: the chunks of one follow those of another. */
  async #add(client: Statements, { id, sizeBytes, chunks, rest }: Staged, { lines, key }: Request): Promise<Placed> {
    const { stream, uploader, limits } = this.#options;
    const added = chunks + (rest === null ? 0 : 1);
    const { rows } = await client.query<{ file_id: string; file_name: string; chunks: number }>(ADD, [
      stream,
      uploader ?? '',
      id,
      added,
      sizeBytes,
      limits.maxBytes,
      limits.maxAgeMs,
      limits.steadyRollMs,
      rest,
      key?.key ?? null,
      key?.fingerprint ?? null,
      lines,
    ]);
    const [row] = rows;
    if (row === undefined) throw new StreamBehind(stream);
    return { fileId: row.file_id, fileName: row.file_name, lines, bytes: sizeBytes, firstChunk: row.chunks - added };
  }
}

/** An addition, and the number of its first chunk. */
type Placed = Appended & { readonly firstChunk: number };

async function moveChunks(client: PoolClient, { id, chunks }: Staged, { fileId, firstChunk }: Placed): Promise<void> {
  const { rowCount } = await client.query('DELETE FROM uploads_under_way WHERE id = $1 AND NOT abandoned', [id]);
  if (rowCount === 0) throw sweptAway(id);
  await client.query('UPDATE upload_chunks SET file_id = $2, n = n + $3 WHERE file_id = $1 AND n < $4', [
    id,
    fileId,
    firstChunk,
    chunks,
  ]);
}

function isKeyTaken(error: unknown): boolean {
  return codeOf(error) === '23505' && error instanceof Error && 'table' in error && error.table === 'idempotency_keys';
}

/** A unique violation of the key ends the whole statement, so a repeated request adds nothing. */
const ADD = `WITH segment AS (
    INSERT INTO ingest_streams AS s (stream, uploader, file_id, chunks, size_bytes) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (stream, uploader) DO UPDATE SET
      file_id = coalesce(s.file_id, excluded.file_id),
      opened_at = CASE WHEN s.file_id IS NULL THEN clock_timestamp() ELSE s.opened_at END,
      rolls = CASE WHEN s.file_id IS NOT NULL OR s.rolled_at > clock_timestamp() - $8 * interval '1 millisecond'
        THEN s.rolls ELSE 0 END,
      chunks = s.chunks + excluded.chunks,
      size_bytes = s.size_bytes + excluded.size_bytes
    WHERE s.file_id IS NULL
      OR (s.size_bytes < $6 AND s.opened_at > clock_timestamp() - $7 * interval '1 millisecond')
    RETURNING file_id, chunks,
      stream || '-' || to_char(opened_at AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISSMS"Z"') || '.log' AS file_name
  ), chunk AS (
    INSERT INTO upload_chunks (file_id, n, bytes)
    SELECT file_id, chunks - 1, $9::bytea FROM segment WHERE $9::bytea IS NOT NULL
  ), key AS (
    INSERT INTO idempotency_keys (caller, key, fingerprint, file_id, file_name, lines, size_bytes)
    SELECT $2, $10::text, $11::bytea, file_id, file_name, $12::integer, $5 FROM segment WHERE $10::text IS NOT NULL
  )
  SELECT file_id, file_name, chunks FROM segment`;
