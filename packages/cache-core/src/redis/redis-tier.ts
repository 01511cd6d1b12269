import { CircuitState, ConsecutiveBreaker, circuitBreaker, handleAll } from 'cockatiel';
import type { Redis } from 'ioredis';
import type { Stamp } from '../entry.ts';
import { Unreachable } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';
import type { SharedTier } from '../tiers/port.ts';
import { withDeadline } from './deadline.ts';
import { Script } from './script.ts';

export interface RedisTierOptions {
  readonly client: Redis;
  /** What a command may take: what a read loses, at most, to a server that does not answer. */
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
}

const WHAT = 'the cache server';
/** This many failures in a row, and the server is left alone for a while; then one command tries again. */
const FAILURES_TO_OPEN = 3;
const LEFT_ALONE_MS = 1_000;
/** Keys of one command. */
const MOST_AT_ONCE = 1_000;
const SCAN_COUNT = 1_000;
const SCAN_TIMEOUT_MS = 5_000;

/** Entries on the evicting Redis server. Out of reach or frozen, it costs a bounded time and is then left alone. */
export class RedisTier implements SharedTier {
  readonly #options: RedisTierOptions;
  readonly #breaker = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
    halfOpenAfter: LEFT_ALONE_MS,
  });
  readonly #fill = new Script('fill');
  readonly #reclaim = new Script('reclaim');

  constructor(options: RedisTierOptions) {
    this.#options = options;
    this.#breaker.onStateChange((state) => {
      if (state === CircuitState.Open)
        options.logger.warn(`${WHAT} does not answer: reading on from memory and the origin`);
      if (state === CircuitState.Closed) options.logger.info(`${WHAT} answers again`);
    });
  }

  get(key: string): Promise<Buffer | null> {
    return this.#within(() => this.#options.client.getBuffer(key).catch(unlessWrongType));
  }

  async getMany(keys: readonly string[]): Promise<(Buffer | null)[]> {
    if (keys.length === 0) return [];
    return this.#within(async () =>
      (await Promise.all(chunks(keys, MOST_AT_ONCE).map((some) => this.#options.client.mgetBuffer(...some)))).flat(),
    );
  }

  async fill(key: string, envelope: Buffer, _stamp: Stamp, ttlMs: number): Promise<boolean> {
    return (await this.#within(() => this.#fill.run(this.#options.client, [key], [envelope, ttlMs]))) === 1;
  }

  async remove(key: string): Promise<boolean> {
    return (await this.#within(() => this.#options.client.unlink(key))) > 0;
  }

  async reclaim(prefix: string | null, before: Stamp): Promise<number> {
    let removed = 0;
    for await (const keys of this.scan(prefix)) {
      const answers = await this.#atLeisure(() =>
        Promise.all(keys.map((key) => this.#reclaim.run(this.#options.client, [key], [before.epoch, before.asOf]))),
      );
      removed += answers.filter((answer) => answer === 1).length;
    }
    return removed;
  }

  async *scan(prefix: string | null): AsyncGenerator<string[]> {
    const pattern = prefix === null ? '*' : `${prefix.replace(/[*?[\]\\]/g, '\\$&')}:*`;
    let cursor = '0';
    do {
      const [next, keys] = await this.#atLeisure(() =>
        this.#options.client.scan(cursor, 'MATCH', pattern, 'COUNT', SCAN_COUNT),
      );
      if (keys.length > 0) yield keys;
      cursor = next;
    } while (cursor !== '0');
  }

  async ttlMs(key: string): Promise<number | null> {
    const ms = await this.#within(() => this.#options.client.pttl(key));
    if (ms === -1) return Number.POSITIVE_INFINITY;
    return ms < 0 ? null : ms;
  }

  /** For what no reader waits for: a longer time, and the breaker is not told. */
  #atLeisure<Result>(command: () => Promise<Result>): Promise<Result> {
    if (this.#options.client.status !== 'ready') return Promise.reject(new Unreachable(WHAT));
    return withDeadline(WHAT, SCAN_TIMEOUT_MS, command);
  }

  async #within<Result>(command: () => Promise<Result>): Promise<Result> {
    const { client, commandTimeoutMs } = this.#options;
    if (client.status !== 'ready') throw new Unreachable(WHAT);
    try {
      return await this.#breaker.execute(() => withDeadline(WHAT, commandTimeoutMs, command));
    } catch (error) {
      throw error instanceof Unreachable ? error : new Unreachable(WHAT, { cause: error });
    }
  }
}

/** What others stored under the key is no entry, and no failure of the server either: the next fill takes its place. */
function unlessWrongType(error: unknown): null {
  if (error instanceof Error && error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}

function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}
