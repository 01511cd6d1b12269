import { OTHER } from '../model/bounded-names.ts';
import { chunks } from '../model/chunks.ts';
import { Unreachable } from '../model/errors.ts';
import {
  type CounterDelta,
  type CounterStore,
  KEPT_MINUTES,
  type MinuteCounts,
  type RecentCounts,
} from '../ports/counter-store.ts';
import { withDeadline } from './deadlines.ts';
import type { ErrorReplies } from './error-replies.ts';
import type { RedisClient } from './open-redis.ts';
import { Script } from './script.ts';

const WHAT = 'the counter store';
/**
 * Each process counts a bounded number of prefixes, but the next process may have other prefixes. Beyond this number of
 * fields, a prefix without counts is counted together with all such prefixes. Concurrent reports may exceed it by what
 * they add.
 */
const MAX_FIELDS = 20_000;
/** The same for the counts of one minute: all of them together are read with each `recent`. */
const MAX_FIELDS_OF_MINUTE = 1_000;
const MINUTE_MS = 60_000;
/** The number of minutes that one round trip reads. */
const MINUTES_AT_ONCE = 16;
/** A minute more than they are read. */
const MINUTE_KEPT_MS = (KEPT_MINUTES + 2) * MINUTE_MS;
/** The field with the time of the first count since the last reset. Names of counts contain a bar. */
const SINCE = 'since';

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
 * Counters of all processes on the durable server: a hash without a time to live counts since the last reset, and a hash per minute
 * counts the last hour. The server's clock decides the minute, so the clocks of the processes do not matter. All hashes are in one
 * hash slot.
 */
export class RedisCounters implements CounterStore {
  readonly #options: StoreOptions;
  readonly #key: string;
  readonly #count = new Script('count');
  readonly #ended = new ReadMinutes();

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#key = `${options.namespace}:read-counters`;
  }

  async add(delta: CounterDelta): Promise<void> {
    const names = Object.keys(delta);
    if (names.length === 0) return;
    const now = await this.#now();
    const keys = [this.#key, this.#minuteKey(now)];
    const counts = names.flatMap((name) => [name, underOther(name), delta[name] ?? 0]);
    const limits = [now, MAX_FIELDS, MAX_FIELDS_OF_MINUTE, MINUTE_KEPT_MS];
    await this.#within((client) => this.#count.run(client, keys, [...limits, ...counts]));
  }

  async read(): Promise<CounterDelta> {
    return countsOf(await this.#within((client) => client.hgetall(this.#key)));
  }

  async recent(): Promise<RecentCounts> {
    const now = await this.#now();
    const since = await this.#within((client) => client.hget(this.#key, SINCE));
    this.#ended.keep(since, startsOfMinutes(now));
    // In parts, each with the time of one command: the first call reads the whole hour.
    for (const starts of chunks(this.#ended.missing(now), MINUTES_AT_ONCE)) {
      const hashes = await this.#within((client) =>
        Promise.all(starts.map((at) => client.hgetall(this.#minuteKey(at)))),
      );
      for (const [i, at] of starts.entries()) this.#ended.set(at, countsOf(hashes[i] ?? {}));
    }
    return { now, since: since === null ? null : Number(since), minutes: this.#ended.all() };
  }

  async reset(): Promise<void> {
    const minutes = startsOfMinutes(await this.#now()).map((at) => this.#minuteKey(at));
    await this.#within((client) => client.unlink(this.#key, ...minutes));
  }

  /** The braces put the key into the hash slot of `#key`. */
  #minuteKey(ms: number): string {
    return `{${this.#key}}:${Math.floor(ms / MINUTE_MS)}`;
  }

  async #now(): Promise<number> {
    const [seconds, microseconds] = await this.#within((client) => client.time());
    return Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000);
  }

  #within<Result>(command: (client: RedisClient) => Promise<Result>): Promise<Result> {
    return storeCommand(WHAT, this.#options, command);
  }
}

/** The minutes that were read. The counts of a minute change no more once the next minute has ended too. */
class ReadMinutes {
  #since: string | null = null;
  #starts: readonly number[] = [];
  #counts = new Map<number, CounterDelta>();

  /** Keeps the counts of these minutes, unless they were reset since, and forgets the others. */
  keep(since: string | null, starts: readonly number[]): void {
    const kept = since === this.#since ? [...this.#counts].filter(([at]) => starts.includes(at)) : [];
    this.#since = since;
    this.#starts = starts;
    this.#counts = new Map(kept);
  }

  /** Returns the minutes to read: those that may have changed, and those that were never read. */
  missing(now: number): number[] {
    return this.#starts.filter((at) => at + 2 * MINUTE_MS > now || !this.#counts.has(at));
  }

  set(at: number, counts: CounterDelta): void {
    this.#counts.set(at, counts);
  }

  all(): MinuteCounts[] {
    return [...this.#counts].map(([at, counts]) => ({ at, counts }));
  }
}

/** Returns the starts of the present minute and of those before it that are kept. */
function startsOfMinutes(now: number): number[] {
  const present = now - (now % MINUTE_MS);
  return Array.from({ length: KEPT_MINUTES + 1 }, (_, i) => present - i * MINUTE_MS);
}

function countsOf(fields: Readonly<Record<string, string>>): CounterDelta {
  const counts = Object.entries(fields).filter(([name]) => name !== SINCE);
  return Object.fromEntries(counts.map(([name, n]) => [name, Number(n)]));
}

/** Converts `prefix|count` to `(other)|count`. */
function underOther(name: string): string {
  return `${OTHER}${name.slice(name.lastIndexOf('|'))}`;
}
