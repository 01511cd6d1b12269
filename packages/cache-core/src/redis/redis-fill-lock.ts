import { randomUUID } from 'node:crypto';
import Redlock, { ExecutionError, Lock } from 'redlock';
import { resultWithin, systemClock } from '../model/clock.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { FillLock, FillLockAttempt } from '../ports/fill-lock.ts';
import { type ErrorReplies, replyOf } from './error-replies.ts';
import { luaSource } from './lua-sources.ts';
import type { RedisClient } from './open-redis.ts';
import { Script } from './script.ts';
import { ServerGuard } from './server-guard.ts';
import type { Subscriber } from './subscriber.ts';

export interface RedisFillLockOptions {
  /** A connection to the durable server. */
  readonly client: RedisClient;
  readonly subscriber: Subscriber;
  readonly namespace: string;
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
  /** Logs error replies of the durable server. */
  readonly replies: ErrorReplies;
}

/** The lifetime of a lock whose holder has died. A live holder extends its lock in time. */
const LOCK_MS = 5_000;
const EXTEND_EVERY_MS = LOCK_MS / 3;
/** The share of its lifetime that a holder relies on, as the clocks of the server and of the process may differ. */
const SURE_SHARE = 0.99;
/** Half of the time for which `release.lua` keeps its mark: the clock of the server may run faster. */
const UNHELD_FOR_MS = 500;
/** The answer of `lock.lua` for a lock that no process has released during the last second. */
const UNHELD = 2;
/** The value of a lock after its release: see `lock.lua`. */
const RELEASED = 'released';
const WHAT = 'the fill lock';

interface Acquired {
  readonly lock: Lock;
  readonly unheldForMs: number;
}

/**
 * The fill lock: `lock.lua` acquires it, redlock extends and releases it. No other module imports redlock. docs/dependencies.md
 * explains these settings.
 */
export class RedisFillLock implements FillLock {
  readonly #options: RedisFillLockOptions;
  readonly #redlock: Redlock;
  readonly #lock = new Script('lock');
  readonly #guard: ServerGuard;
  readonly #channel: string;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: RedisFillLockOptions) {
    this.#options = options;
    this.#guard = new ServerGuard({ ...options, what: WHAT });
    this.#redlock = new Redlock(
      [options.client],
      { retryCount: 0, automaticExtensionThreshold: 0 },
      { extendScript: () => luaSource('extend'), releaseScript: () => luaSource('release') },
    );
    // Redlock also emits each error that it returns to the caller, which handles it.
    this.#redlock.on('error', () => undefined);
    this.#channel = `${options.namespace}:lock:released`;
    options.subscriber.on(this.#channel, (name) => {
      for (const wake of this.#waiting.get(name) ?? []) wake();
    });
  }

  async acquire(name: string): Promise<FillLockAttempt> {
    // Listening begins before the attempt, so that a release in between is not missed.
    const listening = this.#listen(name);
    const attempt = { isOver: false };
    try {
      const acquired = await this.#guard.run(this.#resource(name), () => this.#try(name, attempt));
      if (acquired === null) return { held: false, ended: (ms) => listening.heard(ms), leave: listening.stop };
      listening.stop();
      return this.#hold(name, acquired);
    } catch (error) {
      attempt.isOver = true;
      listening.stop();
      throw error;
    }
  }

  /**
   * Returns the number of refused acquires that listen for a release.
   *
   * @internal
   */
  get listeners(): number {
    let count = 0;
    for (const waiting of this.#waiting.values()) count += waiting.size;
    return count;
  }

  async isHeld(name: string): Promise<boolean> {
    const resource = this.#resource(name);
    const held = await this.#guard.run(resource, () => this.#options.client.get(resource));
    return held !== null && held !== RELEASED;
  }

  /** Returns null if another process holds the lock. */
  async #try(name: string, attempt: { readonly isOver: boolean }): Promise<Acquired | null> {
    const resource = this.#resource(name);
    const holder = randomUUID();
    const lock = new Lock(this.#redlock, [resource], holder, [], Date.now() + SURE_SHARE * LOCK_MS);
    let reply: unknown;
    try {
      reply = await this.#lock.runAtOnce(this.#options.client, [resource], [holder, LOCK_MS]);
    } catch (error) {
      // The server may have acquired the lock before the connection was lost.
      await this.#redlock.release(lock).catch(() => undefined);
      throw error;
    }
    if (reply === 0) return null;
    // A lock that arrives after the time limit has no user, and all others would wait until it expires.
    if (attempt.isOver) await this.#releaseQuietly(name, lock);
    return { lock, unheldForMs: reply === UNHELD ? UNHELD_FOR_MS : 0 };
  }

  #hold(name: string, { lock: first, unheldForMs }: Acquired): FillLockAttempt {
    let lock = first;
    let isLogged = false;
    const extending = setInterval(() => {
      lock.extend(LOCK_MS).then(
        (extended) => {
          lock = extended;
        },
        () => {
          if (!isLogged)
            this.#options.logger.warn(
              `the fill lock of ${name} could not be extended during the load; the answer stays correct without it`,
            );
          isLogged = true;
          if (lock.expiration < Date.now()) clearInterval(extending);
        },
      );
    }, EXTEND_EVERY_MS);
    return {
      held: true,
      unheldForMs,
      release: async () => {
        clearInterval(extending);
        await this.#releaseQuietly(name, lock);
      },
    };
  }

  /**
   * Releases the lock and wakes its waiters. An expired lock cannot and need not be released. Never rejects, and takes a
   * bounded time.
   */
  async #releaseQuietly(name: string, lock: Lock): Promise<void> {
    try {
      await this.#guard.run(this.#resource(name), () => this.#release(lock));
    } catch (error) {
      this.#options.logger.debug(`the fill lock of ${name} was not released and will expire: ${String(error)}`);
    }
  }

  async #release(lock: Lock): Promise<void> {
    try {
      await this.#redlock.release(lock, { retryCount: 0 });
    } catch (error) {
      throw (await replyAmong(error)) ?? error;
    }
  }

  #listen(name: string): { heard(ms: number): Promise<boolean>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<true>();
    const wake = () => resolve(true);
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(wake));
    const stop = () => {
      waiting.delete(wake);
      if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
    };
    const heard = async (ms: number) => {
      const isDone = await resultWithin(promise, ms, systemClock);
      stop();
      return isDone === true;
    };
    return { heard, stop };
  }

  #resource(name: string): string {
    return `${this.#options.namespace}:lock:${name}`;
  }
}

/** Returns the server's error reply to a command of redlock, if that is why it failed. */
async function replyAmong(error: unknown): Promise<Error | undefined> {
  if (!(error instanceof ExecutionError)) return undefined;
  const stats = await Promise.all(error.attempts);
  return stats.flatMap(({ votesAgainst }) => [...votesAgainst.values()]).find((vote) => replyOf(vote) !== null);
}
