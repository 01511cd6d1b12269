import type { Clock } from '../model/clock.ts';
import type { FillLock, FillLockAttempt } from '../ports/fill-lock.ts';
import { Link } from './link.ts';

const WHAT = 'the fill lock';

/** Fill locks that simulated processes share. A lock expires after a few seconds unless its holder extends it. */
export class MemoryFillLockServer {
  readonly #clock: Clock;
  readonly #locks = new Map<string, { holder: symbol; until: number }>();
  readonly #waiting = new Map<string, Set<Waiting>>();
  readonly #lockMs: number;
  /** The number of acquire requests. */
  acquires = 0;

  constructor(clock: Clock, lockMs = 5_000) {
    this.#clock = clock;
    this.#lockMs = lockMs;
  }

  /** Returns the port of one process, over its link. */
  connect(link: Link = new Link(this.#clock)): FillLock {
    return {
      acquire: (name) => this.#acquire(name, link),
      isHeld: (name) => link.call(WHAT, () => this.#isHeld(name)),
    };
  }

  /** Simulates a server that lost its data. */
  flushAll(): void {
    this.#locks.clear();
  }

  /** The number of refused acquires that listen for a release. */
  get listeners(): number {
    let count = 0;
    for (const waiting of this.#waiting.values()) count += waiting.size;
    return count;
  }

  async #acquire(name: string, link: Link): Promise<FillLockAttempt> {
    const holder = Symbol(name);
    const released = new Waiting(link);
    const leave = () => this.#leave(name, released);
    try {
      // Listening begins with the attempt, so that a release in between is not missed.
      if (await link.call(WHAT, () => this.#take(name, holder, released))) return this.#hold(name, holder, link);
    } catch (error) {
      leave();
      throw error;
    }
    return { held: false, ended: (ms) => released.within(ms).finally(leave), leave };
  }

  #leave(name: string, waiting: Waiting): void {
    const others = this.#waiting.get(name);
    others?.delete(waiting);
    if (others?.size === 0) this.#waiting.delete(name);
  }

  #isHeld(name: string): boolean {
    const there = this.#locks.get(name);
    return there !== undefined && this.#clock.monotonic() < there.until;
  }

  #take(name: string, holder: symbol, waiting: Waiting): boolean {
    this.acquires++;
    if (this.#isHeld(name)) {
      const others = this.#waiting.get(name);
      if (others) others.add(waiting);
      else this.#waiting.set(name, new Set([waiting]));
      return false;
    }
    this.#locks.set(name, { holder, until: this.#clock.monotonic() + this.#lockMs });
    return true;
  }

  #hold(name: string, holder: symbol, link: Link): FillLockAttempt {
    let done = false;
    const keepAlive = async () => {
      for (;;) {
        await link.clock.sleep(this.#lockMs / 3);
        if (done) return;
        const lock = this.#locks.get(name);
        if (!link.isCut && lock?.holder === holder) lock.until = this.#clock.monotonic() + this.#lockMs;
      }
    };
    void keepAlive();
    return {
      held: true,
      release: () => {
        done = true;
        return link.call(WHAT, () => this.#release(name, holder));
      },
    };
  }

  /** As `release.lua`: an expired lock cannot be released, and no waiter is notified. */
  #release(name: string, holder: symbol): void {
    if (this.#locks.get(name)?.holder !== holder) return;
    this.#locks.delete(name);
    for (const one of this.#waiting.get(name) ?? []) one.notify();
  }
}

/** A waiter for a release, which may be notified before or after it begins to wait. */
class Waiting {
  readonly #link: Link;
  readonly #notified = Promise.withResolvers<void>();
  #isNotified = false;

  constructor(link: Link) {
    this.#link = link;
  }

  notify(): void {
    this.#link.notify(() => {
      this.#isNotified = true;
      this.#notified.resolve();
    });
  }

  /** Returns true if it was notified within `ms`. */
  async within(ms: number): Promise<boolean> {
    if (this.#isNotified) return true;
    const over = new AbortController();
    await Promise.race([this.#notified.promise, this.#link.clock.sleep(ms, over.signal)]);
    over.abort('notified'); // the reason avoids the creation of an error
    return this.#isNotified;
  }
}
