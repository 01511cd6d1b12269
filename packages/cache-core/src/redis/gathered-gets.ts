import { Unreachable } from '../errors.ts';
import { askMasters } from './ask-masters.ts';
import type { RedisClient } from './open-redis.ts';
import type { ServerGuard } from './server-guard.ts';

interface Asker {
  readonly resolve: (found: Buffer | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Keys of one command, while which the server answers nobody else. */
const MOST_AT_ONCE = 250;

/** What is asked for in one turn of the event loop goes out as one MGET to each master: a command costs more than a key. */
export class GatheredGets {
  readonly #client: RedisClient;
  readonly #guard: ServerGuard;
  #askers = new Map<string, Asker[]>();

  constructor(client: RedisClient, guard: ServerGuard) {
    this.#client = client;
    this.#guard = guard;
  }

  get(key: string): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      const asker = { resolve, reject };
      const others = this.#askers.get(key);
      if (others) {
        others.push(asker);
        return;
      }
      if (this.#askers.size === 0) setImmediate(this.#send);
      this.#askers.set(key, [asker]);
      if (this.#askers.size === MOST_AT_ONCE) this.#send();
    });
  }

  readonly #send = (): void => {
    if (this.#askers.size === 0) return;
    const askers = this.#askers;
    this.#askers = new Map();
    for (const { keys, answer } of askMasters(this.#client, this.#guard, [...askers.keys()])) {
      answer.then(
        (bytes) => {
          for (const [i, key] of keys.entries()) {
            const found = bytes[i] ?? null;
            for (const { resolve, reject } of askers.get(key) ?? [])
              if (found instanceof Unreachable) reject(found);
              else resolve(found);
          }
        },
        (error: unknown) => {
          for (const key of keys) for (const { reject } of askers.get(key) ?? []) reject(error);
        },
      );
    }
  };
}
