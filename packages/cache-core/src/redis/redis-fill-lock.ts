import Redlock, { ExecutionError, type Lock, ResourceLockedError } from 'redlock';
import { resultWithin, systemClock } from '../clock.ts';
import type { FillLock, FillTurn } from '../engine/fill-lock.ts';
import type { CacheLogger } from '../logger.ts';
import { type ErrorReplies, replyOf } from './error-replies.ts';
import { luaSource } from './lua-sources.ts';
import type { RedisClient } from './open-redis.ts';
import { ServerGuard } from './server-guard.ts';
import type { Subscriber } from './subscriber.ts';

export interface RedisFillLockOptions {
  /** On the durable server. */
  readonly client: RedisClient;
  readonly subscriber: Subscriber;
  readonly namespace: string;
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
  /** Logs what the durable server answers with, when that is an error. */
  readonly replies: ErrorReplies;
}

/** A holder that dies is waited for this long. One that lives extends its lock in time. */
const LOCK_MS = 5_000;
const EXTEND_EVERY_MS = LOCK_MS / 3;
const WHAT = 'the fill lock';

/** The fill lock on redlock; the only module that knows it. Why these settings: docs/dependencies.md. */
export class RedisFillLock implements FillLock {
  readonly #options: RedisFillLockOptions;
  readonly #redlock: Redlock;
  readonly #guard: ServerGuard;
  readonly #channel: string;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: RedisFillLockOptions) {
    this.#options = options;
    this.#guard = new ServerGuard({ ...options, what: WHAT });
    this.#redlock = new Redlock(
      [options.client],
      { retryCount: 0, automaticExtensionThreshold: 0 },
      { releaseScript: () => luaSource('release') },
    );
    // Each failed command comes here too, and to its caller, who handles it.
    this.#redlock.on('error', () => undefined);
    this.#channel = `${options.namespace}:lock:released`;
    options.subscriber.on(this.#channel, (name) => {
      for (const wake of this.#waiting.get(name) ?? []) wake();
    });
  }

  async acquire(name: string): Promise<FillTurn> {
    // Listening begins before the try, so that a release in between is not missed.
    const listening = this.#listen(name);
    const attempt = { isOver: false };
    try {
      const lock = await this.#guard.run(this.#resource(name), () => this.#try(name, attempt));
      if (lock === null) return { held: false, ended: (ms) => listening.heard(ms), leave: listening.stop };
      listening.stop();
      return this.#hold(name, lock);
    } catch (error) {
      attempt.isOver = true;
      listening.stop();
      throw error;
    }
  }

  /**
   * How many refused turns listen for a release.
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
    return (await this.#guard.run(resource, () => this.#options.client.exists(resource))) === 1;
  }

  /** Null: another process holds it. */
  async #try(name: string, attempt: { readonly isOver: boolean }): Promise<Lock | null> {
    try {
      const lock = await this.#redlock.acquire([this.#resource(name)], LOCK_MS);
      // Had after its time, it would be held by nobody, and all would wait until it runs out.
      if (attempt.isOver) await this.#letGo(name, lock);
      return lock;
    } catch (error) {
      if (await isTaken(error)) return null;
      throw (await replyAmong(error)) ?? error;
    }
  }

  #hold(name: string, first: Lock): FillTurn {
    let lock = first;
    let isTold = false;
    const extending = setInterval(() => {
      lock.extend(LOCK_MS).then(
        (extended) => {
          lock = extended;
        },
        () => {
          if (!isTold)
            this.#options.logger.warn(
              `the fill lock of ${name} could not be kept while loading; the answer stays right without it`,
            );
          isTold = true;
          if (lock.expiration < Date.now()) clearInterval(extending);
        },
      );
    }, EXTEND_EVERY_MS);
    return {
      held: true,
      release: async () => {
        clearInterval(extending);
        await this.#letGo(name, lock);
      },
    };
  }

  /** Gives it back and wakes who waits. A lock that ran out can't be given back, and need not be. Never rejects, and takes a bounded time. */
  async #letGo(name: string, lock: Lock): Promise<void> {
    try {
      await this.#guard.run(this.#resource(name), () => this.#release(lock));
    } catch (error) {
      this.#options.logger.debug(`the fill lock of ${name} was not given back, and runs out: ${String(error)}`);
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

/** The error that the server answered a command of redlock with, if that is why it failed. */
async function replyAmong(error: unknown): Promise<Error | undefined> {
  if (!(error instanceof ExecutionError)) return undefined;
  const stats = await Promise.all(error.attempts);
  return stats.flatMap(({ votesAgainst }) => [...votesAgainst.values()]).find((vote) => replyOf(vote) !== null);
}

/** Whether an acquire failed because another process holds the lock, and for no other reason. */
async function isTaken(error: unknown): Promise<boolean> {
  if (!(error instanceof ExecutionError)) return false;
  const stats = await Promise.all(error.attempts);
  const against = stats.flatMap(({ votesAgainst }) => [...votesAgainst.values()]);
  return against.length > 0 && against.every((vote) => vote instanceof ResourceLockedError);
}
