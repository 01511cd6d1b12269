import { OriginBusy } from '../errors.ts';
import { NO_QUOTAS, type Quotas } from '../quotas.ts';
import type { Upload, Uploads } from '../uploads.ts';
import type { Connections } from './connections.ts';
import { checkQuotas } from './quotas.ts';
import { PostgresUpload } from './upload.ts';
import { UploadStore } from './upload-store.ts';

export interface UploadsOptions {
  /** Maximum number of concurrent uploads in this process; each takes up to 2 MiB of memory. */
  max: number;
  /** Maximum number of concurrent statements of uploads, which is the number of their connections. */
  statements: number;
  /** Maximum size of an upload in bytes; null means no limit. */
  maxBytes: number | null;
  /** Defaults to none. */
  quotas?: Quotas;
  /** Receives errors that no caller awaits, such as chunks that could not be removed and are left to a sweep. */
  onError: (error: unknown) => void;
}

/** How long an upload waits for another one to end, in ms. */
const WAIT_MS = 2_000;

/** Uploads on a separate pool, so that they never take a connection from a read. */
export class PostgresUploads implements Uploads {
  readonly #options: UploadsOptions;
  readonly #connections: Connections;
  readonly #store: UploadStore;
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(connections: Connections, options: UploadsOptions) {
    this.#options = options;
    this.#connections = connections;
    this.#store = new UploadStore(connections, options.statements, options.onError);
  }

  async begin(name: string, uploader: string | null = null): Promise<Upload> {
    await this.#takeTurn();
    const { maxBytes, quotas = NO_QUOTAS } = this.#options;
    const endTurn = (): void => this.#endTurn();
    return new PostgresUpload(this.#store, { name, uploader, maxBytes, quotas, endTurn });
  }

  async checkQuotas(file: { uploader: string | null; bytes: number }): Promise<void> {
    const { quotas = NO_QUOTAS } = this.#options;
    await this.#connections.using((client) => checkQuotas(client, quotas, file));
  }

  async sweep(idleMs: number, signal?: AbortSignal): Promise<number> {
    return await this.#store.sweep(idleMs, signal);
  }

  async #takeTurn(): Promise<void> {
    if (this.#underWay < this.#options.max) {
      this.#underWay += 1;
      return;
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // An ending upload passes its turn on, so the count does not change.
    this.#waiting.add(resolve);
    const timer = setTimeout(() => {
      this.#waiting.delete(resolve);
      reject(new OriginBusy(this.#options.max, WAIT_MS));
    }, WAIT_MS);
    await promise.finally(() => clearTimeout(timer));
  }

  #endTurn(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#underWay -= 1;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
