import type { Redis } from 'ioredis';

/** Listeners of pub/sub channels over one connection. Messages are hints: they can be lost, and never carry truth. */
export class Subscriber {
  readonly #client: Redis;
  readonly #listeners = new Map<string, Set<(message: string) => void>>();

  /** `client` is used for nothing else; it subscribes again by itself when it was cut off. */
  constructor(client: Redis, onError: (error: unknown) => void) {
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
