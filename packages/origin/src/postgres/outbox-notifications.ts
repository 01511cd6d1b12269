import { ExponentialBackoff, type IBackoff } from 'cockatiel';
import pTimeout from 'p-timeout';
import pg from 'pg';
import { OUTBOX_CHANNEL } from './append-event.ts';
import { CONNECT_TIMEOUT_MS } from './connections.ts';

export interface OutboxNotificationsOptions {
  databaseUrl: string;
  listener: () => void;
  onError: (error: unknown) => void;
}

const RETRIES = new ExponentialBackoff({ initialDelay: 100, maxDelay: 5_000 });
const CLOSE_TIMEOUT_MS = 1_000;

/** A dedicated connection that listens for notifications and reconnects after a loss. */
export class OutboxNotifications {
  readonly #options: OutboxNotificationsOptions;
  #client: pg.Client | null = null;
  #timer: NodeJS.Timeout | null = null;
  #closed = false;
  /** The pause before the next connection; null if the last one succeeded. */
  #backoff: IBackoff<unknown> | null = null;

  private constructor(options: OutboxNotificationsOptions) {
    this.#options = options;
  }

  /** Resolves after the first try to listen. If it failed, further tries run in the background. */
  static async follow(options: OutboxNotificationsOptions): Promise<OutboxNotifications> {
    const notifications = new OutboxNotifications(options);
    await notifications.#connect();
    return notifications;
  }

  /** Closes the connection. Does not wait for a frozen server. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const client = this.#client;
    if (client === null) return;
    await pTimeout(client.end(), { milliseconds: CLOSE_TIMEOUT_MS, message: false });
  }

  async #connect(): Promise<void> {
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'pilotlight news',
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      query_timeout: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    });
    this.#client = client;
    client.on('notification', this.#options.listener);
    let isLost = false;
    const lose = (error: unknown): void => {
      if (isLost) return;
      isLost = true;
      this.#retry(client, error);
    };
    client.on('error', lose);
    client.on('end', () => lose(new Error('the connection that listens for news was closed')));
    try {
      await client.connect();
      await client.query(`LISTEN ${OUTBOX_CHANNEL}`);
      this.#backoff = null;
      // The listener queries the outbox, so it finds events announced before this moment.
      this.#options.listener();
    } catch (error) {
      lose(error);
    }
  }

  #retry(lost: pg.Client, error: unknown): void {
    if (this.#closed) return;
    this.#options.onError(error);
    void lost.end().catch(this.#options.onError);
    // Jitter, so that the processes of a fleet do not reconnect at the same instant.
    this.#backoff = this.#backoff?.next(undefined) ?? RETRIES.next();
    this.#timer = setTimeout(() => void this.#connect(), this.#backoff.duration);
  }
}
