import type { Redis } from 'ioredis';

/** How often the server is pinged: it sends nothing while nothing is published. */
const PING_EVERY_MS = 1_000;
const OPEN_AGAIN_MS = 200;

/**
 * Listeners of pub/sub channels over one connection. Messages can be late or lost: correctness never depends on their
 * arrival. In a Cluster every node forwards the messages of all others, so the next connection may be to another node.
 */
export class Subscriber {
  readonly #open: () => Redis;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  #connection: Redis;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param open connects to any server, once: its connection does not reconnect */
  constructor(open: () => Redis) {
    this.#open = open;
    this.#connection = this.#connect();
  }

  /** Calls `listener` for each message, until the returned function is called. Channels stay subscribed: there are few. */
  on(channel: string, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    listeners.add(listener);
    if (!this.#listeners.has(channel)) {
      this.#listeners.set(channel, listeners);
      if (this.#connection.status === 'ready') this.#subscribe(channel);
    }
    return () => listeners.delete(listener);
  }

  /** Subscribes on a new connection: the address may now lead to another server, where messages are published. */
  renew(): void {
    this.#connection.disconnect();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#connection.disconnect();
  }

  #connect(): Redis {
    const connection = this.#open();
    connection.on('message', (channel: string, message: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener(message);
    });
    connection.on('ready', () => {
      if (this.#listeners.size > 0) this.#subscribe(...this.#listeners.keys());
      this.#timer = setInterval(() => this.#ask(connection.ping()), PING_EVERY_MS);
    });
    // The other connections to these servers log the reason; this one only has to reconnect.
    connection.on('error', () => undefined);
    connection.on('end', () => {
      clearTimeout(this.#timer);
      if (this.#isClosed) return;
      this.#timer = setTimeout(() => {
        this.#connection = this.#connect();
      }, OPEN_AGAIN_MS);
    });
    return connection;
  }

  #subscribe(...channels: string[]): void {
    this.#ask(this.#connection.subscribe(...channels));
  }

  /** Closes a connection that does not execute a command; its `end` event opens the next. */
  #ask(reply: Promise<unknown>): void {
    const asked = this.#connection;
    reply.catch(() => asked.disconnect());
  }
}
