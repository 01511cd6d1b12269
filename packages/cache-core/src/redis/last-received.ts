import { Cluster, type Redis } from 'ioredis';
import { addressOf, type RedisClient } from './open-redis.ts';

/** The time of the last bytes from each server of a client. */
export class LastReceived {
  /** By address (empty for a single server), as `performance.now()`. */
  readonly #lastAt = new Map<string, number>();

  constructor(client: RedisClient) {
    if (client instanceof Cluster) {
      for (const node of client.nodes()) this.#note(node, addressOf(node));
      client.on('+node', (node: Redis) => this.#note(node, addressOf(node)));
    } else this.#note(client, '');
  }

  /** Returns the time of the last bytes from a server, or negative infinity if there were none. */
  lastAt(address: string): number {
    return this.#lastAt.get(address) ?? Number.NEGATIVE_INFINITY;
  }

  /** Observes the present connection of a server and all later ones. */
  #note(server: Redis, address: string): void {
    const note = () => {
      server.stream.on('data', () => this.#lastAt.set(address, performance.now()));
    };
    if (['connect', 'ready'].includes(server.status)) note();
    server.on('connect', note);
  }
}
