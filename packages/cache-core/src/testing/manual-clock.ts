import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../clock.ts';

interface Sleeper {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
}

/** Time that stands still until it is moved. Sleepers wake in the order of their instants, then of their coming. */
export class ManualClock implements Clock {
  #monotonic = 0;
  #wall: number;
  #order = 0;
  readonly #sleepers = new Set<Sleeper>();

  constructor(wall = 1_700_000_000_000) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const sleeper: Sleeper = {
        at: this.#monotonic + ms,
        order: this.#order++,
        wake: () => {
          this.#sleepers.delete(sleeper);
          signal?.removeEventListener('abort', sleeper.wake);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', sleeper.wake, { once: true });
    });
  }

  /** Moves time on, wakes who is due on the way, and lets all that follows from it run. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonic + ms;
    await this.settle();
    for (let next = this.#nextDue(until); next; next = this.#nextDue(until)) {
      this.#moveTo(next.at);
      next.wake();
      await this.settle();
    }
    this.#moveTo(until);
  }

  /** Lets everything run that does not wait for time. */
  async settle(): Promise<void> {
    await setImmediate(); // comes after every promise that can still go on by itself
  }

  /** Moves time on until the promise has settled, at most `limitMs`, and gives what it gives. */
  async through<Result>(promise: Promise<Result>, limitMs = 60_000): Promise<Result> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    const until = this.#monotonic + limitMs;
    await this.settle();
    for (let next = this.#nextDue(until); !settled && next; next = this.#nextDue(until)) {
      this.#moveTo(next.at);
      next.wake();
      await this.settle();
    }
    if (!settled) throw new Error(`expected it to settle within ${limitMs} ms of manual time, got nothing`);
    return promise;
  }

  /** A step of the wall clock, as an administrator or NTP makes it. The monotonic one does not notice. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  #nextDue(until: number): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of this.#sleepers) {
      if (sleeper.at > until) continue;
      if (!next || sleeper.at < next.at || (sleeper.at === next.at && sleeper.order < next.order)) next = sleeper;
    }
    return next;
  }

  #moveTo(instant: number): void {
    if (instant <= this.#monotonic) return;
    this.#wall += instant - this.#monotonic;
    this.#monotonic = instant;
  }
}
