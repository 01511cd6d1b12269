import { Cluster, type Redis } from 'ioredis';
import { Unreachable } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';
import { withDeadline } from './deadlines.ts';
import { addressOf, mastersOf, type RedisClient } from './open-redis.ts';
import { figureOf } from './server-info.ts';

export interface ServerRolesOptions {
  readonly cache: RedisClient;
  readonly queue: RedisClient;
  /** Accepts unsafe servers, for development: every answer is unverified then. */
  readonly areUnsafeAllowed: boolean;
  readonly withinMs: number;
  readonly logger: CacheLogger;
}

interface Server {
  readonly address: string;
  readonly runId: string;
  readonly policy: string | null;
}

const SAFE_POLICY = 'noeviction';
/** The interval between checks: a policy can change while a server runs, and in a Cluster another node may take over. */
const ASK_AGAIN_MS = 10_000;
/** The delay after a missing answer. */
const RETRY_MS = 100;

/**
 * Checks that the servers suit their roles: the queue server holds the invalidation log, so it must not evict and must
 * not be the cache server. Checks at each connection, before the log is used, and every few seconds from then on.
 */
export class ServerRoles {
  readonly #options: ServerRolesOptions;
  /** The last problem; null if there is none, undefined before the first answer. */
  #problem: string | null | undefined;
  /** True if the last check was of the present connection to the queue server. */
  #isOfConnection = false;
  /** The cache servers as they last answered: an unreachable one may still be the same as the queue server. */
  #caches: readonly Server[] = [];
  /**
   * True once the first attempt to connect to the cache server has ended: before, it is unknown whether both are the
   * same.
   */
  #isCacheTried = false;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  #isClosed = false;

  constructor(options: ServerRolesOptions) {
    this.#options = options;
    const { cache, queue } = options;
    for (const client of [cache, queue]) {
      client.on('ready', () => this.#askNow());
      if (client instanceof Cluster) client.on('+node', (node: Redis) => node.on('ready', () => this.#askNow()));
    }
    for (const end of ['ready', 'close', 'end'])
      cache.once(end, () => {
        if (this.#isCacheTried) return;
        this.#isCacheTried = true;
        this.#askNow();
      });
    queue.on('close', () => {
      this.#isOfConnection = false;
    });
  }

  /** Returns why the queue server does not suit the log; null if it does, undefined until it is known. */
  get problem(): string | null | undefined {
    return this.#problem;
  }

  /** Returns true if the log cannot have lost records without a trace. A lease outlives the connection, and so does this. */
  get areSafe(): boolean {
    return this.#problem === null;
  }

  /** Returns the error for commands of the log if it may not be used now, else null. */
  refusal(what: string): Unreachable | null {
    if (!this.#isOfConnection || this.#problem === undefined) return new Unreachable(what);
    if (this.#problem === null || this.#options.areUnsafeAllowed) return null;
    return new Unreachable(what, { why: `is not used: ${this.#problem}` });
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #askNow(): void {
    clearTimeout(this.#timer);
    if (!this.#isAsking) void this.#ask();
    else this.#askIn(RETRY_MS); // a running check may be of the earlier connection
  }

  #askIn(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isClosed) this.#timer = setTimeout(() => this.#askNow(), ms).unref();
  }

  async #ask(): Promise<void> {
    const { queue, cache } = this.#options;
    if (queue.status !== 'ready' || !this.#isCacheTried) return; // the check runs once they are ready
    this.#isAsking = true;
    this.#askIn(ASK_AGAIN_MS);
    try {
      const [queues, caches] = await Promise.all([this.#identify(queue), this.#identify(cache)]);
      // The log's own commands report why a server does not answer.
      if (queues.length === 0) this.#askIn(RETRY_MS);
      else if (queue.status === 'ready') {
        if (caches.length > 0) this.#caches = caches;
        this.#judged(problemOf(queues, this.#caches));
      }
    } finally {
      this.#isAsking = false;
    }
  }

  #judged(problem: string | null): void {
    const before = this.#problem ?? null;
    this.#problem = problem;
    this.#isOfConnection = true;
    if (problem === before) return;
    const { logger, areUnsafeAllowed } = this.#options;
    if (problem === null) logger.info('the queue server is fit for the invalidation log again');
    else if (areUnsafeAllowed)
      logger.warn(`${problem}; this is allowed for development, and every answer is unverified`);
    else logger.warn(`the invalidation log is refused: ${problem}`);
  }

  /** Returns the masters that answer. */
  async #identify(client: RedisClient): Promise<Server[]> {
    if (client.status !== 'ready') return [];
    const { withinMs } = this.#options;
    const asked = mastersOf(client).map((master) => withDeadline('the server', withinMs, () => identify(master)));
    return (await Promise.allSettled(asked)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  }
}

async function identify(master: Redis): Promise<Server> {
  const info = await master.info();
  return {
    address: addressOf(master),
    runId: figureOf(info, 'run_id'),
    policy: figureOf(info, 'maxmemory_policy') || null,
  };
}

function problemOf(queues: readonly Server[], caches: readonly Server[]): string | null {
  const both = queues.find(({ runId }) => caches.some((cache) => cache.runId === runId));
  if (both)
    return `the queue server and the cache server are the same (${both.address}): expected two, because entries are evicted and the log must not be`;
  const evicting = queues.find(({ policy }) => policy !== SAFE_POLICY);
  if (evicting)
    return `the queue server ${evicting.address} has maxmemory-policy ${evicting.policy ?? 'unknown'}: expected ${SAFE_POLICY}, because an evicted key of the log loses invalidations`;
  return null;
}
