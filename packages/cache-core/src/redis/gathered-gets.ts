import { Cluster } from 'ioredis';
import { getOrAdd } from '../model/get-or-add.ts';
import type { AskedKey, Asker, GetQueueOptions } from './get-queue.ts';
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
      this.#ask(key, { resolve, reject });
      const { size } = this.#asked;
      if (size === MAX_KEYS || (size === ENOUGH_KEYS && this.#isIdle())) this.#send();
    });
  }

  /** As `get` of each key, with one promise for all: an error is in the place of its key. */
  getMany(keys: readonly string[]): Promise<readonly (Buffer | null | Error)[]> {
    return new Promise((resolve) => {
      const batch = new Batch(keys.length, resolve);
      for (const key of keys) {
        this.#ask(key, batch.asker());
        if (this.#asked.size === MAX_KEYS) this.#send();
      }
      // All keys of the batch in one command: the first of them would gain nothing from a command of their own.
      if (this.#asked.size >= ENOUGH_KEYS && this.#isIdle()) this.#send();
    });
  }

  #ask(key: string, asker: Asker): void {
    const asked = this.#asked.get(key);
    if (asked) {
      asked.askers.push(asker);
      return;
    }
    if (this.#asked.size === 0) setImmediate(this.#send);
    this.#asked.set(key, { key, askers: [asker], since: 0 });
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

/** The answers of the keys of one `getMany`. */
class Batch {
  readonly #answers: (Buffer | null | Error)[];
  readonly #resolve: (answers: readonly (Buffer | null | Error)[]) => void;
  #asked = 0;
  #missing: number;

  constructor(size: number, resolve: (answers: readonly (Buffer | null | Error)[]) => void) {
    this.#answers = new Array<Buffer | null | Error>(size).fill(null);
    this.#missing = size;
    this.#resolve = resolve;
    if (size === 0) resolve(this.#answers);
  }

  /** Returns the reader of the next key. */
  asker(): Asker {
    return new BatchAsker(this, this.#asked++);
  }

  answer(index: number, answer: Buffer | null | Error): void {
    this.#answers[index] = answer;
    if (--this.#missing === 0) this.#resolve(this.#answers);
  }
}

class BatchAsker implements Asker {
  readonly #batch: Batch;
  readonly #index: number;

  constructor(batch: Batch, index: number) {
    this.#batch = batch;
    this.#index = index;
  }

  resolve(found: Buffer | null): void {
    this.#batch.answer(this.#index, found);
  }

  reject(error: Error): void {
    this.#batch.answer(this.#index, error);
  }
}
