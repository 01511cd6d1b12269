import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { PoolClient } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Connections } from './connections.ts';
import { asOriginError, breaksConnection } from './unavailable.ts';

/** A COPY into one table that stays open while rows arrive, in its own transaction. */
export class CopyTransaction {
  readonly #client: PoolClient;
  readonly #stream: ReturnType<typeof copyFrom>;
  /** Settles with the COPY. */
  readonly #done: Promise<void>;
  readonly #begunAtMs = performance.now();
  #isOpen = true;
  #bytes = 0;
  /** Why the COPY failed. Afterwards the stream must not be used, not even to end it. */
  #failure: Error | null = null;

  private constructor(client: PoolClient, copy: string) {
    this.#client = client;
    this.#stream = client.query(copyFrom(copy));
    this.#done = finished(this.#stream);
    this.#stream.on('error', (error: Error) => {
      this.#failure = error;
    });
    // The next call reports it; until then it must not count as unhandled.
    this.#done.catch(ignore);
  }

  /** Begins the COPY. `prepare` opens the transaction and may throw to refuse it; `copy` is a `COPY … FROM STDIN`. */
  static async begin(
    connections: Connections,
    prepare: (client: PoolClient) => Promise<void>,
    copy: string,
  ): Promise<CopyTransaction> {
    const client = await connections.acquire();
    // A lost connection also rejects the running statement, which reports it. Without this listener the event would end
    // the process.
    client.on('error', ignore);
    try {
      await prepare(client);
      return new CopyTransaction(client, copy);
    } catch (error) {
      throw await end(client, error);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  get ageMs(): number {
    return performance.now() - this.#begunAtMs;
  }

  /** Resolves when more may be sent. */
  async write(piece: Buffer): Promise<void> {
    this.#bytes += piece.length;
    await this.#orEnd(async () => {
      if (!this.#stream.write(piece)) await Promise.race([once(this.#stream, 'drain'), this.#done]);
    });
  }

  /** Ends the COPY, does `more` in the same transaction, then ends the transaction with the statement `commit`. */
  async commit(commit: string, more?: (client: PoolClient) => Promise<void>): Promise<void> {
    await this.#orEnd(async () => {
      this.#stream.end();
      await this.#done;
      await more?.(this.#client);
      await this.#client.query(commit);
    });
    this.#isOpen = false;
    this.#client.off('error', ignore);
    this.#client.release();
  }

  /** Rolls back everything. Can be called at any time. */
  async abort(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    if (this.#failure === null) {
      this.#stream.destroy();
      await this.#done.catch(ignore);
    }
    await end(this.#client, this.#failure);
  }

  async #orEnd(step: () => Promise<void>): Promise<void> {
    try {
      if (this.#failure !== null) throw this.#failure;
      await step();
    } catch (error) {
      this.#isOpen = false;
      throw await end(this.#client, error);
    }
  }
}

/** Rolls back and returns the connection to the pool, or closes it if it broke. */
async function end(client: PoolClient, error: unknown): Promise<unknown> {
  let isBroken = error !== null && breaksConnection(error);
  try {
    if (!isBroken) await client.query('ROLLBACK');
  } catch {
    // Closing the connection rolls back too.
    isBroken = true;
  }
  client.off('error', ignore);
  client.release(isBroken);
  return asOriginError(error);
}

function ignore(): void {
  // Errors are reported elsewhere; the callers say where.
}
