import { Cluster, type Redis } from 'ioredis';
import { addressOf, type RedisClient } from './open-redis.ts';

/** When bytes came last from each server of a client. */
export class LastReceived {
  /** By address, empty for a server by itself; by `performance.now()`. */
  readonly #lastAt = new Map<string, number>();

  constructor(client: RedisClient) {
    if (client instanceof Cluster) {
      for (const node of client.nodes()) this.#note(node, addressOf(node));
      client.on('+node', (node: Redis) => this.#note(node, addressOf(node)));
    } else this.#note(client, '');
  }

  /** Long ago if nothing has come yet. */
  lastAt(address: string): number {
    return this.#lastAt.get(address) ?? Number.NEGATIVE_INFINITY;
  }

  /** Each connection that the server has, and will have. */
  #note(server: Redis, address: string): void {
    const note = () => {
      server.stream.on('data', () => this.#lastAt.set(address, performance.now()));
    };
    if (['connect', 'ready'].includes(server.status)) note();
    server.on('connect', note);
  }
}
