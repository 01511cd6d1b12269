import type { LimitStore, Logger } from '@pilotlight/runtime';
import { LRUCache } from 'lru-cache';
import pTimeout from 'p-timeout';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

const WINDOW_S = 60;
/** The first limited request waits this long for the connection. */
const CONNECT_WITHIN_MS = 250;
/** After a failure, one request per this time tries Redis again; the others do not wait for it. */
const RETRY_MS = 1_000;
const PREFIX = 'pilotlight:limit';
/** Tokens may have rates of their own; there are few different ones at a time. */
const MAX_RATES = 1_000;

export interface Consumed {
  readonly remaining: number;
  readonly isExceeded: boolean;
  /** False if a client beyond its limit was refused without a command to Redis. */
  readonly isFromStore: boolean;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

type Pair = { readonly shared: RateLimiterRedis; readonly own: RateLimiterMemory };

/**
 * Counts in Redis, in windows of a minute that all apis share. While Redis fails or does not answer, counts in the memory of this
 * process, which has counted its own requests all the time: a client may then send its limit to each api, and no request fails or waits,
 * except for one per second that tries Redis.
 */
export class SharedLimiter {
  readonly #store: LimitStore;
  readonly #logger: Logger;
  readonly #pairs = new LRUCache<number, Pair>({ max: MAX_RATES });
  #triedAt = Number.NEGATIVE_INFINITY;
  #isAway = false;
  #connected: Promise<void> | null = null;

  constructor({ store, logger }: { store: LimitStore; logger: Logger }) {
    this.#store = store;
    this.#logger = logger;
  }

  async consume(key: string, perMinute: number): Promise<Consumed> {
    const { shared, own } = this.#pairOf(perMinute);
    // The connection opens with the first limited request: most apis have no limits.
    this.#connected ??= this.#connect();
    await this.#connected;
    // Counted in any case, so that the count continues when Redis is lost.
    const counted = await consumeFrom(own, key);
    if (!this.#mayTryRedis()) return counted;
    try {
      const consumed = await consumeFrom(shared, key);
      if (consumed.isFromStore) this.#answers();
      return consumed;
    } catch (error) {
      this.#isMissing(error);
      return counted;
    }
  }

  close(): void {
    this.#store.disconnect();
  }

  async #connect(): Promise<void> {
    try {
      await pTimeout(this.#store.connect(), { milliseconds: CONNECT_WITHIN_MS });
    } catch (error) {
      this.#isMissing(error);
    }
  }

  #mayTryRedis(): boolean {
    if (!this.#isAway) return true;
    const now = performance.now();
    if (now < this.#triedAt + RETRY_MS) return false;
    this.#triedAt = now;
    return true;
  }

  #answers(): void {
    if (!this.#isAway) return;
    this.#isAway = false;
    this.#logger.info('rate limits: the cache Redis answers, so all apis count together again');
  }

  #isMissing(error: unknown): void {
    this.#triedAt = performance.now();
    if (this.#isAway) return;
    this.#isAway = true;
    const reason = error instanceof Error ? error.message : String(error);
    this.#logger.warn(
      `rate limits: the cache Redis does not answer (${reason}), so this api counts alone; it tries again every ${RETRY_MS} ms`,
    );
  }

  #pairOf(perMinute: number): Pair {
    const known = this.#pairs.get(perMinute);
    if (known !== undefined) return known;
    const options = { points: perMinute, duration: WINDOW_S, keyPrefix: `${PREFIX}:${perMinute}` };
    // Beyond its limit, a client is refused without a command to Redis until the window ends.
    const inMemoryBlockOnConsumed = perMinute + 1;
    const pair = {
      shared: new RateLimiterRedis({
        ...options,
        inMemoryBlockOnConsumed,
        storeClient: this.#store,
        rejectIfRedisNotReady: true,
      }),
      own: new RateLimiterMemory(options),
    };
    this.#pairs.set(perMinute, pair);
    return pair;
  }
}

/** The library rejects with the state of a limit that is exceeded. */
async function consumeFrom(limiter: RateLimiterRedis | RateLimiterMemory, key: string): Promise<Consumed> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key);
    return { remaining: remainingPoints, resetMs: Math.max(0, msBeforeNext), isExceeded: false, isFromStore: true };
  } catch (error) {
    if (!(error instanceof RateLimiterRes)) throw error;
    return {
      remaining: 0,
      resetMs: Math.max(0, error.msBeforeNext),
      isExceeded: true,
      isFromStore: error.consumedPoints > 0,
    };
  }
}
