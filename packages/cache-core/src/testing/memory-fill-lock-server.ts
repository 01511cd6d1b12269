import type { Clock } from '../clock.ts';
import type { FillLock, FillTurn } from '../engine/fill-lock.ts';
import { Link } from './link.ts';

const WHAT = 'the fill lock';
const LOCK_MS = 5_000;

/** Locks that simulated processes share. One that is not kept alive ends by itself after five seconds. */
export class MemoryFillLockServer {
  readonly #clock: Clock;
  readonly #locks = new Map<string, { holder: symbol; until: number }>();
  readonly #released = new Set<(name: string) => void>();
  /** How often a lock was asked for. */
  acquires = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The port of one process, over its link. */
  connect(link: Link = new Link(this.#clock)): FillLock {
    return {
      acquire: (name) => this.#acquire(name, link),
      isHeld: (name) => link.call(WHAT, () => this.#isHeld(name)),
    };
  }

  async #acquire(name: string, link: Link): Promise<FillTurn> {
    const waited = new AbortController();
    const wake = (released: string) => {
      if (released === name) waited.abort();
    };
    // Listening begins before the try, so that a release in between is not missed.
    this.#released.add(wake);
    const holder = Symbol(name);
    let taken = false;
    try {
      taken = await link.call(WHAT, () => this.#take(name, holder));
    } finally {
      if (taken) this.#released.delete(wake);
    }
    if (taken) return this.#hold(name, holder, link);
    return {
      held: false,
      ended: async (ms) => {
        await this.#clock.sleep(ms, waited.signal);
        this.#released.delete(wake);
        return waited.signal.aborted;
      },
    };
  }

  #isHeld(name: string): boolean {
    const there = this.#locks.get(name);
    return there !== undefined && this.#clock.monotonic() < there.until;
  }

  #take(name: string, holder: symbol): boolean {
    this.acquires++;
    if (this.#isHeld(name)) return false;
    this.#locks.set(name, { holder, until: this.#clock.monotonic() + LOCK_MS });
    return true;
  }

  #hold(name: string, holder: symbol, link: Link): FillTurn {
    const done = new AbortController();
    const keepAlive = async () => {
      while (!done.signal.aborted) {
        await this.#clock.sleep(LOCK_MS / 3, done.signal);
        const lock = this.#locks.get(name);
        if (!done.signal.aborted && !link.isCut && lock?.holder === holder) {
          lock.until = this.#clock.monotonic() + LOCK_MS;
        }
      }
    };
    void keepAlive();
    return {
      held: true,
      release: async () => {
        done.abort();
        await link.call(WHAT, () => {
          if (this.#locks.get(name)?.holder === holder) this.#locks.delete(name);
          for (const wake of [...this.#released]) wake(name);
        });
      },
    };
  }
}
