import { Unreachable } from '../model/errors.ts';
import { unreachableBy } from './error-replies.ts';

/**
 * Returns the result of a command, or rejects with `Unreachable` if it fails or takes longer than `ms`. The turn of the event
 * loop that finds the time over first reads the bytes that have arrived, so a process that was busy does not count its own
 * delay as the server's.
 *
 * @param what the server's name for the error message
 */
export function withDeadline<Result>(what: string, ms: number, work: () => Promise<Result>): Promise<Result> {
  // Not Promise.race, which costs a third of a whole command.
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new Unreachable(what))), ms);
    work().then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (error: unknown) => {
        clearTimeout(timer);
        reject(error instanceof Unreachable ? error : unreachableBy(what, error));
      },
    );
  });
}

/** Observes how a command ends. */
export interface CommandWatch {
  readonly onEnd: (error: Unreachable | null) => void;
  /**
   * Returns when the last bytes arrived over the command's connection, as `performance.now()`: a server that sends gets
   * more time. A connection answers in order, so any bytes bring the answer nearer. Without this, every command gets the
   * same time.
   */
  readonly lastArrivalAt?: () => number;
}

/** The error of a command that a server did not answer in time. */
export class CommandTimedOut extends Unreachable {}

interface Pending {
  readonly beganAt: number;
  dueAt: number;
  /** Null once the command is over: it would hold the answer until the timer fires. */
  reject: ((error: Unreachable) => void) | null;
  readonly watch: CommandWatch;
}

/** The maximum duration of a command, as a multiple of its time, however much the server sends. */
export const MAX_TIMEOUT_FACTOR = 10;

/**
 * `withDeadline` for many short commands with the same time: they share one timer, because a timer for each costs a tenth
 * of a whole command on a fast server.
 *
 * If arrivals are known, the time runs from the last bytes that arrived: a large answer in transit is waited for, and a
 * server that freezes during it costs one time. Altogether a command takes at most ten times its time.
 */
export class Deadlines {
  readonly #what: string;
  readonly #ms: number;
  /** In the order of their arrival, and so of their deadlines. */
  #pending: Pending[] = [];
  #isArmed = false;

  constructor(what: string, ms: number) {
    this.#what = what;
    this.#ms = ms;
  }

  /**
   * Returns the result of `work`, or rejects with `Unreachable` if it fails or takes too long. `recover` may convert an
   * error into a result.
   */
  run<Result>(work: () => Promise<Result>, watch: CommandWatch, recover?: (error: unknown) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const beganAt = performance.now();
      const pending: Pending = { beganAt, dueAt: beganAt + this.#ms, reject, watch };
      this.#pending.push(pending);
      if (!this.#isArmed) this.#arm(this.#ms);
      work().then(
        (result) => {
          if (pending.reject === null) return;
          pending.reject = null;
          watch.onEnd(null);
          resolve(result);
        },
        (error: unknown) => {
          if (pending.reject === null) return;
          const recovered = recover && attempt(recover, error);
          if (!recovered) return this.#fail(pending, unreachableBy(this.#what, error));
          pending.reject = null;
          watch.onEnd(null);
          resolve(recovered.result);
        },
      );
    });
  }

  #fail(pending: Pending, error: Unreachable): void {
    const { reject, watch } = pending;
    pending.reject = null;
    watch.onEnd(error);
    reject?.(error);
  }

  #arm(ms: number): void {
    this.#isArmed = true;
    // The turn of the event loop that finds the time over first reads the bytes that have arrived, as in `withDeadline`.
    setTimeout(() => setImmediate(() => this.#failDue()), ms);
  }

  #failDue(): void {
    const now = performance.now();
    const later = this.#pending.findIndex(({ dueAt, reject }) => reject !== null && dueAt > now);
    const due = this.#pending
      .splice(0, later === -1 ? this.#pending.length : later)
      .filter(({ reject }) => reject !== null);
    const extended = due.filter((pending) => this.#extend(pending, now));
    if (extended.length > 0) this.#pending = [...extended, ...this.#pending].sort((a, b) => a.dueAt - b.dueAt);
    const [next] = this.#pending;
    this.#isArmed = false;
    if (next) this.#arm(Math.max(1, next.dueAt - now));
    for (const pending of due) if (pending.dueAt <= now) this.#fail(pending, new CommandTimedOut(this.#what));
  }

  /** Extends the command's time if its server sends. Returns true if it did. */
  #extend(pending: Pending, now: number): boolean {
    const { beganAt, watch } = pending;
    const arrivedAt = watch.lastArrivalAt?.() ?? Number.NEGATIVE_INFINITY;
    const dueAt = Math.min(arrivedAt + this.#ms, beganAt + MAX_TIMEOUT_FACTOR * this.#ms);
    if (dueAt <= now) return false;
    pending.dueAt = dueAt;
    return true;
  }
}

function attempt<Result>(recover: (error: unknown) => Result, error: unknown): { result: Result } | null {
  try {
    return { result: recover(error) };
  } catch {
    return null; // the caller gets the original error
  }
}
