import { NO_QUOTAS, type Quotas } from '../quotas.ts';
import type { Upload, Uploads } from '../uploads.ts';
import type { Connections } from './connections.ts';
import { checkQuotas } from './quotas.ts';
import { Turns } from './turns.ts';
import { PostgresUpload } from './upload.ts';
import type { UploadStore } from './upload-store.ts';

export interface UploadsOptions {
  /** Maximum number of concurrent uploads in this process; each takes up to 2 MiB of memory. */
  max: number;
  store: UploadStore;
  /** Maximum size of an upload in bytes; null means no limit. */
  maxBytes: number | null;
  /** Defaults to none. */
  quotas?: Quotas;
}

/** Uploads on a separate pool, so that they never take a connection from a read. */
export class PostgresUploads implements Uploads {
  readonly #options: UploadsOptions;
  readonly #connections: Connections;
  readonly #store: UploadStore;
  readonly #turns: Turns;

  constructor(connections: Connections, options: UploadsOptions) {
    this.#options = options;
    this.#connections = connections;
    this.#store = options.store;
    this.#turns = new Turns(options.max);
  }

  async begin(name: string, uploader: string | null = null): Promise<Upload> {
    await this.#turns.take();
    const { maxBytes, quotas = NO_QUOTAS } = this.#options;
    const endTurn = (): void => this.#turns.end();
    return new PostgresUpload(this.#store, { name, uploader, maxBytes, quotas, endTurn });
  }

  async checkQuotas(added: { uploader: string | null; bytes: number; files?: 0 | 1 }): Promise<void> {
    const { quotas = NO_QUOTAS } = this.#options;
    await this.#connections.using((client) => checkQuotas(client, quotas, { files: 1, ...added }));
  }

  async sweep(idleMs: number, signal?: AbortSignal): Promise<number> {
    return await this.#store.sweep(idleMs, signal);
  }
}
