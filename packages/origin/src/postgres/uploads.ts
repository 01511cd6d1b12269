import type { PoolClient } from 'pg';
import { OriginBusy } from '../errors.ts';
import type { Upload, Uploads } from '../origin.ts';
import { CONNECT_TIMEOUT_MS, type Connections } from './connections.ts';
import { PostgresUpload } from './upload.ts';

export interface UploadsOptions {
  /** How many uploads may be under way in this process. */
  max: number;
  /** A guard; null for none. */
  maxBytes: number | null;
}

/** Uploads on connections of their own, so that slow ones never take one from a read. */
export class PostgresUploads implements Uploads {
  readonly #connections: Connections;
  readonly #options: UploadsOptions;
  #underWay = 0;
  readonly #waiting = new Set<() => void>();

  constructor(connections: Connections, options: UploadsOptions) {
    this.#connections = connections;
    this.#options = options;
  }

  async begin(name: string): Promise<Upload> {
    await this.#takeTurn();
    let client: PoolClient | null = null;
    try {
      client = await this.#connections.acquire();
      const release = this.#releaser(client);
      return await PostgresUpload.begin(client, release, name, this.#options.maxBytes);
    } catch (error) {
      if (client === null) this.#endTurn();
      throw error;
    }
  }

  /** Gives the connection back once, however often it is called. */
  #releaser(client: PoolClient): (broken: boolean) => void {
    let released = false;
    return (broken) => {
      if (released) return;
      released = true;
      client.release(broken);
      this.#endTurn();
    };
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
      reject(new OriginBusy(this.#options.max, CONNECT_TIMEOUT_MS));
    }, CONNECT_TIMEOUT_MS);
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
