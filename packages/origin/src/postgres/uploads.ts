import { OriginBusy } from '../errors.ts';
import type { Upload, Uploads } from '../origin.ts';
import type { Connections } from './connections.ts';
import { PostgresUpload } from './upload.ts';
import { UploadStore } from './upload-store.ts';

export interface UploadsOptions {
  /** Uploads under way in this process at a time; each holds up to 2 MiB of memory. */
  max: number;
  /** Statements of uploads that run at a time: the connections that there are for them. */
  statements: number;
  /** A guard; null for none. */
  maxBytes: number | null;
  /** Receives errors that no caller waits for: what could not be removed, and is left to a sweep. */
  onError: (error: unknown) => void;
}

/** How long an upload waits for the end of another one. */
const WAIT_MS = 2_000;

/** Uploads on connections of their own, so that they never take one from a read. */
export class PostgresUploads implements Uploads {
  readonly #options: UploadsOptions;
  readonly #store: UploadStore;
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(connections: Connections, options: UploadsOptions) {
    this.#options = options;
    this.#store = new UploadStore(connections, options.statements, options.onError);
  }

  async begin(name: string): Promise<Upload> {
    await this.#takeTurn();
    return new PostgresUpload(this.#store, name, this.#options.maxBytes, () => this.#endTurn());
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
    // Whoever ends hands its turn over, so the count does not change.
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
