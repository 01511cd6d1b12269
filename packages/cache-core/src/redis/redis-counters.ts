import { OTHER } from '../model/bounded-names.ts';
import { Unreachable } from '../model/errors.ts';
import type { CounterDelta, CounterStore } from '../ports/counter-store.ts';
import { withDeadline } from './deadlines.ts';
import type { ErrorReplies } from './error-replies.ts';
import type { RedisClient } from './open-redis.ts';

const WHAT = 'the counter store';
/**
 * Each process counts a bounded number of prefixes, but the next process may have other prefixes. Beyond this number of
 * fields, a prefix without counts is counted together with all such prefixes. Concurrent reports may exceed it by what
 * they add.
 */
const MAX_FIELDS = 20_000;

/** The options of a store on the durable server. */
export interface StoreOptions {
  readonly client: RedisClient;
  readonly namespace: string;
  readonly commandTimeoutMs: number;
  readonly replies: ErrorReplies;
}

/** Runs a command of a store within its time. Rejects with `Unreachable` at once while the server is not connected. */
export function storeCommand<Result>(
  what: string,
  { client, commandTimeoutMs, replies }: StoreOptions,
  command: (client: RedisClient) => Promise<Result>,
): Promise<Result> {
  if (client.status !== 'ready') return Promise.reject(new Unreachable(what));
  return replies.watch(withDeadline(what, commandTimeoutMs, () => command(client)));
}

/**
 * Counters of all processes in one hash of the durable server. The hash has no time to live: it counts since the last
 * reset.
 */
export class RedisCounters implements CounterStore {
  readonly #options: StoreOptions;
  readonly #key: string;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#key = `${options.namespace}:read-counters`;
  }

  async add(delta: CounterDelta): Promise<void> {
    const names = Object.keys(delta);
    if (names.length === 0) return;
    const [size, before] = await Promise.all([
      this.#within((client) => client.hlen(this.#key)),
      this.#within((client) => client.hmget(this.#key, ...names)),
    ]);
    const batch = this.#options.client.multi();
    for (const [i, name] of names.entries()) {
      const isNew = (before[i] ?? null) === null;
      batch.hincrby(this.#key, isNew && size >= MAX_FIELDS ? underOther(name) : name, delta[name] ?? 0);
    }
    const replies = await this.#within(() => batch.exec());
    const failed = replies?.find(([error]) => error)?.[0];
    if (failed) throw failed;
  }

  async read(): Promise<CounterDelta> {
    const counts = await this.#within((client) => client.hgetall(this.#key));
    return Object.fromEntries(Object.entries(counts).map(([name, n]) => [name, Number(n)]));
  }

  async reset(): Promise<void> {
    await this.#within((client) => client.unlink(this.#key));
  }

  #within<Result>(command: (client: RedisClient) => Promise<Result>): Promise<Result> {
    return storeCommand(WHAT, this.#options, command);
  }
}

/** Converts `prefix|count` to `(other)|count`. */
function underOther(name: string): string {
  return `${OTHER}${name.slice(name.lastIndexOf('|'))}`;
}
