import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { EventQueue, type ScheduledEvent } from './event-queue.ts';

/** The limit for work that takes real time: far above its time on a loaded machine. */
const REAL_LIMIT_MS = 30_000;

/**
 * A clock whose time only advances on request. Due events run in the order of their instants; at the same instant in the
 * order of their creation, or in the order that `rank` draws.
 */
export class ManualClock implements Clock {
  #monotonic = 0;
  #wall: number;
  #coming = 0;
  readonly #rank: () => number;
  readonly #queue = new EventQueue();

  constructor(wall = 1_700_000_000_000, rank?: () => number) {
    this.#wall = wall;
    this.#rank = rank ?? (() => this.#coming++);
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  /** Calls back in `ms`. Mark an event as quiet if it settles no promise: `run` then need not wait for continuations. */
  after(ms: number, run: () => void, isQuiet = false): ScheduledEvent {
    const event: ScheduledEvent = { at: this.#monotonic + Math.max(0, ms), rank: this.#rank(), run, isQuiet };
    this.#queue.add(event);
    return event;
  }

  timer(ms: number, act: () => void): () => void {
    const event = this.after(ms, act);
    return () => {
      event.run = null;
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || ms <= 0) return resolve();
      const event = this.after(ms, () => {
        signal?.removeEventListener('abort', wake);
        resolve();
      });
      const wake = () => {
        event.run = null;
        resolve();
      };
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Advances time, runs the due events, and lets everything that follows from them run. */
  async advance(ms: number): Promise<void> {
    const until = this.#monotonic + ms;
    await this.settle();
    while (this.#next(until) !== null) await this.settle();
    this.#moveTo(until);
  }

  /** Lets everything run that does not wait for time. */
  async settle(): Promise<void> {
    await setImmediate(); // it runs after every promise that can settle without time
  }

  /** Advances time until the promise has settled, at most by `limitMs`, and returns its result. */
  async through<Result>(promise: Promise<Result>, limitMs = 60_000): Promise<Result> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    const until = this.#monotonic + limitMs;
    await this.settle();
    while (!settled && this.#next(until) !== null) await this.settle();
    // Work of other threads, such as compression, takes real time and no manual time.
    if (!settled) await Promise.race([promise.then(done, done), setTimeout(REAL_LIMIT_MS, undefined, { ref: false })]);
    if (!settled) throw new Error(`expected it to settle within ${limitMs} ms of manual time, got nothing`);
    return promise;
  }

  /**
   * As `advance`, but several times as fast, for code that waits only for promises and this clock; `isOver` ends it
   * early.
   *
   * Between two events everything runs that does not wait for time: the event loop takes from its tick queue only when no
   * promise can continue, and each event is a tick that a promise's continuation has queued.
   */
  run(ms: number, isOver: () => boolean = () => false): Promise<void> {
    const until = this.#monotonic + ms;
    return new Promise((resolve, reject) => {
      const tick = () => {
        try {
          for (let event: ScheduledEvent | null; !isOver(); ) {
            event = this.#next(until);
            if (event === null) {
              this.#moveTo(until);
              break;
            }
            if (!event.isQuiet) return void settled.then(again);
          }
          resolve();
        } catch (error) {
          reject(error);
        }
      };
      const settled = Promise.resolve();
      const again = () => process.nextTick(tick);
      again();
    });
  }

  /** Steps the wall clock, as an administrator or NTP does. The monotonic clock is unaffected. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  /** Runs the next event that is due by then and returns it, or null if there is none. */
  #next(until: number): ScheduledEvent | null {
    const event = this.#queue.take(until);
    if (!event) return null;
    this.#moveTo(event.at);
    const { run } = event;
    event.run = null;
    run?.();
    return event;
  }

  #moveTo(instant: number): void {
    if (instant <= this.#monotonic) return;
    this.#wall += instant - this.#monotonic;
    this.#monotonic = instant;
  }
}
