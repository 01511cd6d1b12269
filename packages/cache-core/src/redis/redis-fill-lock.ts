import type { Redis } from 'ioredis';
import Redlock, { ExecutionError, type Lock, ResourceLockedError } from 'redlock';
import type { FillLock, FillTurn } from '../engine/fill-lock.ts';
import { Unreachable } from '../errors.ts';
import type { CacheLogger } from '../logger.ts';
import { withDeadline } from './deadline.ts';
import type { Subscriber } from './subscriber.ts';

export interface RedisFillLockOptions {
  /** On the durable server. */
  readonly client: Redis;
  readonly subscriber: Subscriber;
  readonly namespace: string;
  readonly commandTimeoutMs: number;
  readonly logger: CacheLogger;
}

/** A holder that dies is waited for this long. One that lives extends its lock in time. */
const LOCK_MS = 5_000;
const EXTEND_EVERY_MS = LOCK_MS / 3;
const WHAT = 'the fill lock';

/** The fill lock on redlock; the only module that knows it. Why these settings: docs/dependencies.md. */
export class RedisFillLock implements FillLock {
  readonly #options: RedisFillLockOptions;
  readonly #redlock: Redlock;
  readonly #channel: string;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: RedisFillLockOptions) {
    this.#options = options;
    this.#redlock = new Redlock([options.client], { retryCount: 0, automaticExtensionThreshold: 0 });
    // Each failed command comes here too, and to its caller, who handles it.
    this.#redlock.on('error', () => undefined);
    this.#channel = `{${options.namespace}:lock}:released`;
    options.subscriber.on(this.#channel, (name) => {
      for (const wake of this.#waiting.get(name) ?? []) wake();
    });
  }

  async acquire(name: string): Promise<FillTurn> {
    const { client, commandTimeoutMs } = this.#options;
    if (client.status !== 'ready') throw new Unreachable(WHAT);
    // Listening begins before the try, so that a release in between is not missed.
    const listening = this.#listen(name);
    const acquiring = this.#redlock.acquire([this.#resource(name)], LOCK_MS);
    try {
      const lock = await withDeadline(WHAT, commandTimeoutMs, () => acquiring);
      listening.stop();
      return this.#hold(name, lock);
    } catch (error) {
      // Had after its time, it would be held by nobody, and all would wait until it runs out.
      acquiring.then((late) => this.#letGo(late)).catch(() => undefined);
      if (await isTaken(error)) return { held: false, ended: (ms) => listening.heard(ms) };
      listening.stop();
      throw error;
    }
  }

  async isHeld(name: string): Promise<boolean> {
    const { client, commandTimeoutMs } = this.#options;
    if (client.status !== 'ready') throw new Unreachable(WHAT);
    return (await withDeadline(WHAT, commandTimeoutMs, () => client.exists(this.#resource(name)))) === 1;
  }

  #hold(name: string, first: Lock): FillTurn {
    const { client, logger } = this.#options;
    let lock = first;
    const extending = setInterval(() => {
      lock.extend(LOCK_MS).then(
        (extended) => {
          lock = extended;
        },
        () => logger.warn(`the fill lock of ${name} was lost while loading; the answer stays right without it`),
      );
    }, EXTEND_EVERY_MS);
    return {
      held: true,
      release: async () => {
        clearInterval(extending);
        if (client.status !== 'ready') return; // it runs out by itself
        await this.#letGo(lock);
        await withDeadline(WHAT, this.#options.commandTimeoutMs, () => client.publish(this.#channel, name));
      },
    };
  }

  /** A lock that ran out can't be released, and need not be. Bounded: a server that does not answer holds up nobody. */
  async #letGo(lock: Lock): Promise<void> {
    await withDeadline(WHAT, this.#options.commandTimeoutMs, () =>
      this.#redlock.release(lock, { retryCount: 0 }),
    ).catch((error: unknown) =>
      this.#options.logger.debug(`a fill lock was not released, and runs out: ${String(error)}`),
    );
  }

  #listen(name: string): { heard(ms: number): Promise<void>; stop(): void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(resolve));
    const stop = () => {
      waiting.delete(resolve);
      if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
    };
    const heard = async (ms: number) => {
      const timer = setTimeout(resolve, ms);
      await promise;
      clearTimeout(timer);
      stop();
    };
    return { heard, stop };
  }

  #resource(name: string): string {
    return `{${this.#options.namespace}:lock}:${name}`;
  }
}

/** Whether an acquire failed because another process holds the lock, and for no other reason. */
async function isTaken(error: unknown): Promise<boolean> {
  const cause = error instanceof Unreachable ? error.cause : error;
  if (!(cause instanceof ExecutionError)) return false;
  const stats = await Promise.all(cause.attempts);
  const against = stats.flatMap(({ votesAgainst }) => [...votesAgainst.values()]);
  return against.length > 0 && against.every((vote) => vote instanceof ResourceLockedError);
}
