import type { Clock } from '../model/clock.ts';
import type { FillLock, FillLockAttempt } from '../ports/fill-lock.ts';
import { Link } from './link.ts';

const WHAT = 'the fill lock';

/** How long a released lock is remembered, and how much of it a process relies on: its clock may run slower. */
const RELEASED_MS = 1_000;
const UNHELD_FOR_MS = 500;

/** Fill locks that simulated processes share. A lock expires after a few seconds unless its holder extends it. */
export class MemoryFillLockServer {
  readonly #clock: Clock;
  /** `holder` is null for a lock that was released a moment ago. */
  readonly #locks = new Map<string, { holder: symbol | null; until: number }>();
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
      const taken = await link.call(WHAT, () => this.#take(name, holder, released));
      if (taken) return { ...this.#hold(name, holder, link), unheldForMs: taken.isUnheld ? UNHELD_FOR_MS : 0 };
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
    return (this.#entryOf(name)?.holder ?? null) !== null;
  }

  #entryOf(name: string): { holder: symbol | null; until: number } | undefined {
    const there = this.#locks.get(name);
    return there && this.#clock.monotonic() < there.until ? there : undefined;
  }

  /** As `lock.lua`: returns null if the lock is held, and else whether it was not released a moment ago. */
  #take(name: string, holder: symbol, waiting: Waiting): { isUnheld: boolean } | null {
    this.acquires++;
    const isUnheld = this.#entryOf(name) === undefined;
    if (this.#isHeld(name)) {
      const others = this.#waiting.get(name);
      if (others) others.add(waiting);
      else this.#waiting.set(name, new Set([waiting]));
      return null;
    }
    this.#locks.set(name, { holder, until: this.#clock.monotonic() + this.#lockMs });
    return { isUnheld };
  }

  #hold(name: string, holder: symbol, link: Link): Extract<FillLockAttempt, { held: true }> {
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
    this.#locks.set(name, { holder: null, until: this.#clock.monotonic() + RELEASED_MS });
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
