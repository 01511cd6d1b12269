import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { EmptyUpload, UploadTooLarge } from '../errors.ts';
import type { Upload } from '../origin.ts';
import { appendEvent } from './append-event.ts';
import { soon } from './connections.ts';
import { FILE_COLUMNS, type FileRow, toLogFile } from './file-row.ts';
import { asOriginError, breaksConnection } from './unavailable.ts';

/** Small enough to be read one at a time, large enough that a round trip each does not show. */
const CHUNK_BYTES = 1024 * 1024;

/** A slow upload sends what it has so often, so that the server does not take its transaction for a forgotten one. */
const FLUSH_EVERY_MS = 10_000;

/** One transaction that holds the chunks, the row and the event of an upload. */
export class PostgresUpload implements Upload {
  readonly #client: PoolClient;
  readonly #release: (broken: boolean) => void;
  readonly #name: string;
  readonly #maxBytes: number | null;
  readonly #id = uuidv7();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;
  #chunks = 0;
  #flushedAt = performance.now();
  #open = true;
  /** Why the connection was lost between two statements. */
  #lost: Error | null = null;

  private constructor(client: PoolClient, release: (broken: boolean) => void, name: string, maxBytes: number | null) {
    this.#client = client;
    this.#release = release;
    this.#name = name.replaceAll('\0', '\ufffd');
    this.#maxBytes = maxBytes;
  }

  static async begin(
    client: PoolClient,
    release: (broken: boolean) => void,
    name: string,
    maxBytes: number | null,
  ): Promise<PostgresUpload> {
    const upload = new PostgresUpload(client, release, name, maxBytes);
    // Between two statements nobody else hears of a lost connection; the next statement reports it.
    client.on('error', upload.#noteLostConnection);
    await upload.#guard(async () => {
      await client.query(soon('BEGIN'));
    });
    return upload;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#refuseWhenClosed();
    if (bytes.length === 0) return;
    await this.#guard(async () => {
      this.#sizeBytes += bytes.length;
      if (this.#maxBytes !== null && this.#sizeBytes > this.#maxBytes) throw new UploadTooLarge(this.#maxBytes);
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      const isDue = performance.now() - this.#flushedAt > FLUSH_EVERY_MS;
      if (isDue) await this.#flush(1);
      else if (this.#pendingBytes >= CHUNK_BYTES) await this.#flush(CHUNK_BYTES);
    });
  }

  async commit(): Promise<{ file: LogFile; event: DomainEvent }> {
    this.#refuseWhenClosed();
    return await this.#guard(async () => {
      if (this.#sizeBytes === 0) throw new EmptyUpload();
      await this.#flush(1);
      const { rows } = await this.#client.query<FileRow>(
        `INSERT INTO files (id, name, size_bytes) VALUES ($1, $2, $3) RETURNING ${FILE_COLUMNS}`,
        [this.#id, this.#name, this.#sizeBytes],
      );
      const [row] = rows;
      if (row === undefined) throw new Error(`INSERT of file ${this.#id} returned no row`);
      const event = await appendEvent(this.#client, 'file.uploaded', this.#id);
      await this.#client.query('COMMIT');
      this.#close(false);
      return { file: toLogFile(row), event };
    });
  }

  async abort(): Promise<void> {
    if (this.#open) await this.#rollBack(false);
  }

  /** Sends chunks of at least `leastBytes`; what is left waits for more. */
  async #flush(leastBytes: number): Promise<void> {
    const bytes = Buffer.concat(this.#pending, this.#pendingBytes);
    let sent = 0;
    while (bytes.length - sent >= leastBytes) {
      const chunk = bytes.subarray(sent, sent + CHUNK_BYTES);
      await this.#client.query('INSERT INTO upload_chunks (file_id, n, bytes) VALUES ($1, $2, $3)', [
        this.#id,
        this.#chunks,
        chunk,
      ]);
      this.#chunks += 1;
      sent += chunk.length;
    }
    this.#pending = sent < bytes.length ? [bytes.subarray(sent)] : [];
    this.#pendingBytes = bytes.length - sent;
    this.#flushedAt = performance.now();
  }

  /** Any failure ends the upload: nothing of it may stay. */
  async #guard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      await this.#rollBack(breaksConnection(error));
      throw asOriginError(error);
    }
  }

  async #rollBack(broken: boolean): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    let isBroken = broken;
    try {
      if (!broken) await this.#client.query('ROLLBACK');
    } catch {
      // The server rolls back when the connection closes.
      isBroken = true;
    } finally {
      this.#close(isBroken);
    }
  }

  #close(broken: boolean): void {
    this.#open = false;
    this.#client.off('error', this.#noteLostConnection);
    this.#pending = [];
    this.#release(broken);
  }

  #refuseWhenClosed(): void {
    if (this.#lost !== null) throw asOriginError(this.#lost);
    if (!this.#open) throw new Error('this upload was committed, aborted or has failed; begin another one');
  }

  readonly #noteLostConnection = (error: Error): void => {
    this.#lost = error;
    this.#close(true);
  };
}
