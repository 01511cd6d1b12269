import { v7 as uuidv7 } from 'uuid';
import { EmptyUpload, OriginUnavailable, UploadTooLarge } from '../errors.ts';
import type { UploadStore } from './upload-store.ts';

/** Small enough to be read one at a time, large enough that its round trip does not matter. */
const CHUNK_BYTES = 1024 * 1024;

export interface StagedBytesOptions {
  readonly maxBytes: number | null;
  /** Called once, when the bytes are published or removed. */
  readonly endTurn: () => void;
}

/** All bytes that were written. */
export interface Staged {
  readonly id: string;
  readonly sizeBytes: number;
  /** The number of stored chunks, whose `file_id` is the id. */
  readonly chunks: number;
  /** The bytes after the stored chunks; null if there are none. */
  readonly rest: Buffer | null;
}

/**
 * Bytes whose chunks are committed one by one as they arrive, with no connection held in between. No reader sees them before a
 * transaction publishes them and removes their row in `uploads_under_way`.
 */
export class StagedBytes {
  readonly id = uuidv7();
  readonly #store: UploadStore;
  readonly #options: StagedBytesOptions;
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

  constructor(store: UploadStore, options: StagedBytesOptions) {
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

  /** Publishes the bytes in one transaction of `publish`. Rejects with `EmptyUpload` without bytes. */
  async commit<T>(publish: (staged: Staged) => Promise<T>): Promise<T> {
    this.#refuseWhenClosed();
    const published = await this.#orAbort(async () => {
      if (this.#sizeBytes === 0) throw new EmptyUpload();
      const rest = this.#pendingBytes === 0 ? null : Buffer.concat(this.#pending, this.#pendingBytes);
      return await this.#doing(publish({ id: this.id, sizeBytes: this.#sizeBytes, chunks: this.#chunks, rest }));
    });
    this.#isOpen = false;
    this.#ending ??= Promise.resolve(this.#options.endTurn());
    return published;
  }

  /** Removes the bytes unless they are published. Can be called at any time, and repeatedly. */
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
      const isAlive = await this.#doing(this.#store.addChunk(this.id, this.#chunks, chunk));
      if (!isAlive) throw sweptAway(this.id);
      this.#chunks += 1;
    }
    this.#pending = [bytes.subarray(stored)];
    this.#pendingBytes = bytes.length - stored;
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
    if (this.#mayHaveStored) await this.#store.remove(this.id);
    this.#options.endTurn();
  }

  #refuseWhenClosed(): void {
    if (!this.#isOpen) throw new Error('this upload has ended (committed, aborted or failed); begin a new one');
  }
}

export function sweptAway(id: string): OriginUnavailable {
  return new OriginUnavailable(`upload ${id} was given up because no bytes arrived for too long; send it again`);
}
