import type { RedisClient } from './open-redis.ts';

/**
 * Listeners of pub/sub channels over one connection. Messages are hints: they can be lost, and never carry truth. In a
 * Cluster any node passes on what any other was told.
 */
export class Subscriber {
  readonly #client: RedisClient;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  /** A single server's connection is used for nothing else; a Cluster client has one of its own for this. */
  constructor(client: RedisClient, onError: (error: unknown) => void) {
    this.#client = client;
    client.on('message', (channel: string, message: string) => {
      for (const listener of this.#listeners.get(channel) ?? []) listener(message);
    });
    // Subscribing only once connected: a command given before would wait in a queue that this connection does not have.
    client.on('ready', () => {
      const channels = [...this.#listeners.keys()];
      if (channels.length > 0) client.subscribe(...channels).catch(onError);
    });
  }

  /** Calls back for each message; what it returns stops that. Channels stay subscribed: there are few. */
  on(channel: string, listener: (message: string) => void): () => void {
    const listeners = this.#listeners.get(channel) ?? new Set();
    listeners.add(listener);
    if (!this.#listeners.has(channel)) {
      this.#listeners.set(channel, listeners);
      if (this.#client.status === 'ready') void this.#client.subscribe(channel).catch(() => undefined); // 'ready' subscribes again
    }
    return () => listeners.delete(listener);
  }
}
