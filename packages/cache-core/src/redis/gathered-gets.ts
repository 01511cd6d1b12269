import { Cluster } from 'ioredis';
import { getOrAdd } from '../model/get-or-add.ts';
import type { AskedKey, GetQueueOptions } from './get-queue.ts';
import { GetQueue, MAX_KEYS } from './get-queue.ts';
import { masterOf } from './open-redis.ts';

/**
 * While no command is in flight, this number of keys does not wait for the end of the turn: the server answers them while this process
 * asks for the others. With 64 readers a process and its server then work at the same time instead of one after the other.
 */
const ENOUGH_KEYS = 32;

/** Gathers the reads of one turn of the event loop into few commands per master: a command costs more than a key. */
export class GatheredGets {
  readonly #options: GetQueueOptions;
  readonly #queues = new Map<string, GetQueue>();
  #asked = new Map<string, AskedKey>();

  constructor(options: GetQueueOptions) {
    this.#options = options;
  }

  get(key: string): Promise<Buffer | null> {
    return new Promise((resolve, reject) => {
      const asker = { resolve, reject };
      const asked = this.#asked.get(key);
      if (asked) {
        asked.askers.push(asker);
        return;
      }
      if (this.#asked.size === 0) setImmediate(this.#send);
      this.#asked.set(key, { key, askers: [asker], since: 0 });
      const isEnough = this.#asked.size === MAX_KEYS || (this.#asked.size === ENOUGH_KEYS && this.#isIdle());
      if (isEnough) this.#send();
    });
  }

  /** Returns whether no server works on a command of this process. */
  #isIdle(): boolean {
    for (const queue of this.#queues.values()) if (!queue.isIdle) return false;
    return true;
  }

  readonly #send = (): void => {
    if (this.#asked.size === 0) return;
    const asked = [...this.#asked.values()];
    this.#asked = new Map();
    const { client } = this.#options;
    if (!(client instanceof Cluster)) {
      this.#queueOf('').ask(asked);
      return;
    }
    for (const [master, keys] of Map.groupBy(asked, ({ key }) => masterOf(client, key)))
      this.#queueOf(master).ask(keys);
  };

  #queueOf(master: string): GetQueue {
    return getOrAdd(this.#queues, master, () => new GetQueue(this.#options));
  }
}
