import { getOrAdd } from '../model/get-or-add.ts';
import type { AskedKey, GetQueueOptions } from './get-queue.ts';
import { GetQueue, MAX_KEYS } from './get-queue.ts';
import { masterOf } from './open-redis.ts';

type Asker = AskedKey['askers'][number];

/** Gathers the reads of one turn of the event loop into one command per master: a command costs more than a key. */
export class GatheredGets {
  readonly #options: GetQueueOptions;
  readonly #queues = new Map<string, GetQueue>();
  #askers = new Map<string, Asker[]>();

  constructor(options: GetQueueOptions) {
    this.#options = options;
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
      if (this.#askers.size === MAX_KEYS) this.#send();
    });
  }

  readonly #send = (): void => {
    if (this.#askers.size === 0) return;
    const asked = [...this.#askers].map(([key, askers]) => ({ key, askers }));
    this.#askers = new Map();
    const byMaster = Map.groupBy(asked, ({ key }) => masterOf(this.#options.client, key));
    for (const [master, keys] of byMaster) getOrAdd(this.#queues, master, () => new GetQueue(this.#options)).ask(keys);
  };
}
