import type { Redis } from 'ioredis';

/** How often a server is asked whether it is still there: it says nothing by itself while nothing is published. */
const PING_EVERY_MS = 1_000;
const OPEN_AGAIN_MS = 200;

/**
 * Listeners of pub/sub channels over one connection. Messages are hints: they can be lost, and never carry truth. In a
 * Cluster any node passes on what any other was told, so when the connection ends the next may be to another node.
 */
export class Subscriber {
  readonly #open: () => Redis;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();
  #connection: Redis;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** @param open connects to some server, once: what it gives does not try again by itself */
  constructor(open: () => Redis) {
    this.#open = open;
    this.#connection = this.#connect();
  }

  /** Calls back for each message; what it returns stops that. Channels stay subscribed: there are few. */
  on(channel: string, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    listeners.add(listener);
    if (!this.#listeners.has(channel)) {
      this.#listeners.set(channel, listeners);
      if (this.#connection.status === 'ready') this.#subscribe(channel);
    }
    return () => listeners.delete(listener);
  }

  /** Subscribes on a new connection: the address may lead to another server now, which is where messages are published. */
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
    // The other connections to these servers tell why; this one only has to come back.
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

  /** A connection that does not do what it is asked for is given up; `end` opens the next. */
  #ask(reply: Promise<unknown>): void {
    const asked = this.#connection;
    reply.catch(() => asked.disconnect());
  }
}
