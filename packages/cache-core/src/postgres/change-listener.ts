import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import type { Clock } from '../model/clock.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { PostgresClient, PostgresPool } from './pool.ts';
import { connect } from './transaction.ts';

export interface ChangeListenerOptions {
  readonly pool: PostgresPool;
  /** The channel: the name of the schema. */
  readonly schema: string;
  readonly clock: Clock;
  readonly logger: CacheLogger;
  /** Called when there may be changes. */
  readonly onHint: () => void;
}

/** With jitter, so that the processes of a fleet do not reconnect at the same instant. */
export const RETRIES = new ExponentialBackoff({ initialDelay: 250, maxDelay: 10_000 });

/** Listens for notifications on a connection of the pool, and on another one after a loss. They are hints, no guarantee. */
export class ChangeListener {
  readonly #options: ChangeListenerOptions;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  /** The pause before the next try; null if the last one succeeded. */
  #backoff: IBackoff<unknown> | null = null;

  constructor(options: ChangeListenerOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        await this.#listen();
      } catch (error) {
        logger.debug(`not listening for changes, polling continues: ${String(error)}`);
      }
      if (signal.aborted) return;
      this.#backoff = this.#backoff?.next(undefined) ?? RETRIES.next();
      await clock.sleep(this.#backoff.duration, signal);
    }
  }

  /** Resolves when it is stopped, and rejects when the connection is lost. */
  async #listen(): Promise<void> {
    const { pool, schema, onHint } = this.#options;
    const client = await connect(pool);
    const lost = lossOf(client, this.#stop.signal);
    client.on('notification', onHint);
    try {
      await Promise.race([client.query(`LISTEN ${schema}`), lost]);
      this.#backoff = null;
      // Changes before this moment had no listener.
      onHint();
      await lost;
    } finally {
      // Closed, so that no other user of the pool gets the notifications.
      client.release(true);
    }
  }
}

function lossOf(client: PostgresClient, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    client.on('error', (error) => reject(error));
    client.on('end', () => reject(new Error('the listening connection was closed')));
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
