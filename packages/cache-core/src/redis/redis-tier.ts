import calculateSlot from 'cluster-key-slot';
import { Cluster, type Redis } from 'ioredis';
import { chunks } from '../model/chunks.ts';
import { type Clock, systemClock } from '../model/clock.ts';
import type { Stamp } from '../model/entry.ts';
import { Unreachable } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';
import { prefixesOf } from '../model/selector.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { withDeadline } from './deadlines.ts';
import { EntrySizes } from './entry-sizes.ts';
import { ErrorReplies, replyOf } from './error-replies.ts';
import { GatheredGets } from './gathered-gets.ts';
import { mastersOf, type RedisClient } from './open-redis.ts';
import { reclaimKeys } from './reclaim-keys.ts';
import { Script } from './script.ts';
import { ServerGuard } from './server-guard.ts';
import { TimedOutReads } from './timed-out-reads.ts';

export interface RedisTierOptions {
  readonly client: RedisClient;
  /**
   * How long a command may take without a byte from the server: the maximum delay of a read by a server that does not
   * answer. Altogether a command takes at most ten times as long.
   */
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
  readonly clock?: Clock;
  /** Counts and logs failed commands of the server. Defaults to a separate log. */
  readonly replies?: ErrorReplies;
}

const WHAT = 'the cache server';
const SCAN_COUNT = 1_000;
/** The maximum number of keys of one script, while which the server answers no other client: well under a millisecond. */
const RECLAIMED_AT_ONCE = 250;
/** The time limit of commands that no reader waits for. */
const BACKGROUND_TIMEOUT_MS = 5_000;

/**
 * Entries on the evicting Redis server, or on the masters of a Redis Cluster. An unreachable or frozen master costs a
 * bounded time and is then skipped, while the others continue. A master that rejects writes costs only those.
 */
export class RedisTier implements SharedTier {
  readonly #client: RedisClient;
  readonly #guard: ServerGuard;
  readonly #refusals: ErrorReplies;
  readonly #expected = new EntrySizes();
  readonly #gets: GatheredGets;
  readonly #fill = new Script('fill');
  readonly #reclaim = new Script('reclaim');

  constructor({ client, commandTimeoutMs, logger, clock = systemClock, replies }: RedisTierOptions) {
    this.#client = client;
    const limits = { commandTimeoutMs, isByProgress: true };
    this.#guard = new ServerGuard({ client, what: WHAT, ...limits, logger, clock, ...(replies && { replies }) });
    const timedOut = new TimedOutReads({ what: WHAT, logger, clock });
    this.#gets = new GatheredGets({
      client,
      guard: this.#guard,
      commandTimeoutMs,
      expected: this.#expected,
      onTimedOut: (reads) => timedOut.note(reads, commandTimeoutMs),
    });
    this.#refusals = new ErrorReplies({
      what: WHAT,
      effect: 'refuses to store, answers are kept in memory only',
      over: 'stores again',
      logger,
      clock,
      ...(replies && { counts: replies.counts }),
    });
  }

  get(key: string): Promise<Buffer | null> {
    return this.#gets.get(key);
  }

  getMany(keys: readonly string[]): Promise<readonly (Buffer | null | Error)[]> {
    return this.#gets.getMany(keys);
  }

  async fill(key: string, envelope: Buffer, _stamp: Stamp, ttlMs: number): Promise<boolean> {
    this.#expected.note(key, envelope.length);
    const fill = () => this.#fill.run(this.#client, [key], [envelope, ttlMs]);
    const answer = await this.#guard.run(key, fill, (error) => {
      if (replyOf(error) === null) throw error;
      this.#refusals.failed(error);
      return 'refused';
    });
    if (answer !== 'refused') this.#refusals.succeeded();
    return answer === 1;
  }

  async remove(key: string): Promise<boolean> {
    return (await this.#guard.run(key, () => this.#client.unlink(key))) > 0;
  }

  async reclaim(prefix: string | null, before: Stamp): Promise<number> {
    let removed = 0;
    const missed = await this.#onEachMaster(async (master) => {
      for await (const found of this.#scan(master, prefix)) {
        for (const keys of chunks(found, RECLAIMED_AT_ONCE))
          removed += await this.#inBackground(() => reclaimKeys(this.#reclaim, this.#client, master, keys, before));
      }
    });
    if (missed) throw missed;
    return removed;
  }

  async reclaimKeys(keys: readonly string[], { epoch, asOf }: Stamp): Promise<number> {
    let removed = 0;
    for (const some of chunks(keys, RECLAIMED_AT_ONCE)) {
      const named = this.#client instanceof Cluster ? [...Map.groupBy(some, calculateSlot).values()] : [some];
      const counts = await Promise.all(
        named.map((its) => this.#guard.run(its[0] ?? '', () => this.#reclaim.run(this.#client, its, [epoch, asOf]))),
      );
      for (const count of counts) removed += Number(count);
    }
    return removed;
  }

  async *scan(prefix: string | null): AsyncGenerator<string[]> {
    for (const master of mastersOf(this.#client)) yield* this.#scan(master, prefix);
  }

  async ttlMs(key: string): Promise<number | null> {
    const ms = await this.#guard.run(key, () => this.#client.pttl(key));
    if (ms === -1) return Number.POSITIVE_INFINITY;
    return ms < 0 ? null : ms;
  }

  async *#scan(master: Redis, prefix: string | null): AsyncGenerator<string[]> {
    // A versioned key is also under the prefix without the version: `files:list@2:…` is under `files:list`.
    const pattern = prefix === null ? '*' : `${prefix.replace(/[*?[\]\\]/g, '\\$&')}[:@]*`;
    let cursor = '0';
    do {
      const [next, keys] = await this.#inBackground(() => master.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT));
      const its = prefix === null ? keys : keys.filter((key) => prefixesOf(key).includes(prefix));
      if (its.length > 0) yield its;
      cursor = next;
    } while (cursor !== '0');
  }

  /** Runs `work` on one master after the other, even if one fails. Returns the last error, or null. */
  async #onEachMaster(work: (master: Redis) => Promise<void>): Promise<Unreachable | null> {
    if (this.#client.status !== 'ready') return new Unreachable(WHAT);
    let missed: Unreachable | null = null;
    for (const master of mastersOf(this.#client)) {
      try {
        await work(master);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        missed = error;
      }
    }
    return missed;
  }

  /** Runs a command with a longer time limit and without the breaker. */
  #inBackground<Result>(command: () => Promise<Result>): Promise<Result> {
    if (this.#client.status !== 'ready') return Promise.reject(new Unreachable(WHAT));
    return withDeadline(WHAT, BACKGROUND_TIMEOUT_MS, command);
  }
}
