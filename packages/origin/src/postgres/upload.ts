import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import type { PoolClient } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { EmptyUpload, OriginUnavailable, UploadTooLarge } from '../errors.ts';
import type { Quotas } from '../quotas.ts';
import type { Upload } from '../uploads.ts';
import { appendEvent } from './append-event.ts';
import { FILE_COLUMNS, type FileRow, toLogFile } from './file-row.ts';
import { claimQuotas } from './quotas.ts';
import type { UploadStore } from './upload-store.ts';

/** Small enough to be read one at a time, large enough that its round trip does not matter. */
const CHUNK_BYTES = 1024 * 1024;

interface UploadOptions {
  name: string;
  /** Whose quota the file counts for. */
  uploader: string | null;
  maxBytes: number | null;
  quotas: Quotas;
  /** Called once, when the upload has ended. */
  endTurn: () => void;
}

/**
 * An upload whose chunks are committed one by one as they arrive, with no connection held in between. The last
 * transaction writes the last chunk, the file's row and its event, and removes the upload's own row.
 */
export class PostgresUpload implements Upload {
  readonly #store: UploadStore;
  readonly #options: UploadOptions;
  readonly #id = uuidv7();
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;
  #chunks = 0;
  #isOpen = true;
  /** A chunk may be committed even if its reply has not arrived. */
  #mayHaveStored = false;
  /** The running statement, if any. */
  #storing: Promise<unknown> = Promise.resolve();
  #ending: Promise<void> | null = null;

  constructor(store: UploadStore, options: UploadOptions) {
    this.#store = store;
    this.#options = options;
  }

  async write(bytes: Buffer): Promise<void> {
    this.#refuseWhenClosed();
    await this.#orAbort(async () => {
      this.#sizeBytes += bytes.length;
      const { maxBytes } = this.#options;
      if (maxBytes !== null && this.#sizeBytes > maxBytes) throw new UploadTooLarge(maxBytes);
      this.#pending.push(bytes);
      this.#pendingBytes += bytes.length;
      if (this.#pendingBytes >= CHUNK_BYTES) await this.#storeChunks();
    });
  }

  async commit(): Promise<{ file: LogFile; event: DomainEvent }> {
    this.#refuseWhenClosed();
    const committed = await this.#orAbort(async () => {
      if (this.#sizeBytes === 0) throw new EmptyUpload();
      return await this.#doing(this.#store.transaction((client) => this.#publish(client)));
    });
    this.#isOpen = false;
    this.#ending ??= Promise.resolve(this.#options.endTurn());
    return committed;
  }

  async abort(): Promise<void> {
    this.#isOpen = false;
    this.#ending ??= this.#remove();
    await this.#ending;
  }

  /** Stores full chunks; the rest waits for more bytes. */
  async #storeChunks(): Promise<void> {
    const bytes = Buffer.concat(this.#pending, this.#pendingBytes);
    let stored = 0;
    for (; bytes.length - stored >= CHUNK_BYTES; stored += CHUNK_BYTES) {
      // The upload may have been aborted while the previous chunk was stored.
      this.#refuseWhenClosed();
      const chunk = bytes.subarray(stored, stored + CHUNK_BYTES);
      this.#mayHaveStored = true;
      const isAlive = await this.#doing(this.#store.addChunk(this.#id, this.#chunks, chunk));
      if (!isAlive) throw sweptAway(this.#id);
      this.#chunks += 1;
    }
    this.#pending = [bytes.subarray(stored)];
    this.#pendingBytes = bytes.length - stored;
  }

  async #publish(client: PoolClient): Promise<{ file: LogFile; event: DomainEvent }> {
    if (this.#pendingBytes > 0) {
      const bytes = Buffer.concat(this.#pending, this.#pendingBytes);
      await client.query('INSERT INTO upload_chunks (file_id, n, bytes) VALUES ($1, $2, $3)', [
        this.#id,
        this.#chunks,
        bytes,
      ]);
    }
    if (this.#chunks > 0) {
      const { rowCount } = await client.query('DELETE FROM uploads_under_way WHERE id = $1 AND NOT abandoned', [
        this.#id,
      ]);
      if (rowCount === 0) throw sweptAway(this.#id);
    }
    const { name, uploader, quotas } = this.#options;
    await claimQuotas(client, quotas, { uploader, bytes: this.#sizeBytes });
    const { rows } = await client.query<FileRow>(
      `INSERT INTO files (id, name, size_bytes, uploaded_by) VALUES ($1, $2, $3, $4) RETURNING ${FILE_COLUMNS}`,
      [this.#id, name.replaceAll('\0', '\ufffd'), this.#sizeBytes, uploader],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`INSERT of file ${this.#id} returned no row`);
    return { file: toLogFile(row), event: await appendEvent(client, 'file.uploaded', this.#id) };
  }

  /** Runs a step. Any failure ends the upload and removes its chunks. */
  async #orAbort<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      await this.abort();
      throw error;
    }
  }

  async #doing<T>(work: Promise<T>): Promise<T> {
    this.#storing = work;
    return await work;
  }

  /**
   * Waits for the running statement before it removes the chunks. The statement may add a chunk, or it may be the
   * commit, after which nothing is left to remove.
   */
  async #remove(): Promise<void> {
    this.#pending = [];
    await Promise.allSettled([this.#storing]);
    if (this.#mayHaveStored) await this.#store.remove(this.#id);
    this.#options.endTurn();
  }

  #refuseWhenClosed(): void {
    if (!this.#isOpen) throw new Error('this upload has ended (committed, aborted or failed); begin a new one');
  }
}

function sweptAway(id: string): OriginUnavailable {
  return new OriginUnavailable(`upload ${id} was given up because no bytes arrived for too long; send it again`);
}
