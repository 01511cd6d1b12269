import { Unreachable } from '../errors.ts';
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
export interface Watch {
  /** Told how it ended: null, or the error. */
  readonly onEnd: (error: Unreachable | null) => void;
  /**
   * When bytes came last over the command's connection, by `performance.now()`: a server that sends is given more time. A
   * connection answers in order, so whatever comes brings the answer nearer. Without it the time is the same for every command.
   */
  readonly lastArrivalAt?: () => number;
}

/** A server did not answer a command in its time. */
export class CommandTimedOut extends Unreachable {}

interface Pending {
  readonly beganAt: number;
  dueAt: number;
  readonly reject: (error: Unreachable) => void;
  readonly watch: Watch;
  isOver: boolean;
}

/** A command may take at most this multiple of its time, however much the server sends. */
export const MAX_TIMEOUT_FACTOR = 10;

/**
 * `withDeadline` for many short commands that all have the same time: one timer for all of them, because one for each costs
 * a command on a fast server a tenth of what it takes altogether.
 *
 * Where arrivals are known, the time runs from the last bytes that came: a large answer on its way is waited for, and a
 * server that freezes in the middle of it costs no more than the time. Altogether a command takes at most ten times the time.
 */
export class Deadlines {
  readonly #what: string;
  readonly #ms: number;
  /** In the order of their coming, and so of their deadlines. */
  #pending: Pending[] = [];
  #isArmed = false;

  constructor(what: string, ms: number) {
    this.#what = what;
    this.#ms = ms;
  }

  /** What `work` gives; `Unreachable` when it fails, or after the time. `recover` may make an answer of an error. */
  run<Result>(work: () => Promise<Result>, watch: Watch, recover?: (error: unknown) => Result): Promise<Result> {
    return new Promise((resolve, reject) => {
      const beganAt = performance.now();
      const pending: Pending = { beganAt, dueAt: beganAt + this.#ms, reject, watch, isOver: false };
      this.#pending.push(pending);
      if (!this.#isArmed) this.#arm(this.#ms);
      work().then(
        (result) => {
          if (pending.isOver) return;
          pending.isOver = true;
          watch.onEnd(null);
          resolve(result);
        },
        (error: unknown) => {
          if (pending.isOver) return;
          const recovered = recover && attempt(recover, error);
          if (!recovered) return this.#fail(pending, unreachableBy(this.#what, error));
          pending.isOver = true;
          watch.onEnd(null);
          resolve(recovered.result);
        },
      );
    });
  }

  #fail(pending: Pending, error: Unreachable): void {
    pending.isOver = true;
    pending.watch.onEnd(error);
    pending.reject(error);
  }

  #arm(ms: number): void {
    this.#isArmed = true;
    // The turn of the event loop that finds the time over still reads what has arrived, as in `withDeadline`.
    setTimeout(() => setImmediate(() => this.#failDue()), ms);
  }

  #failDue(): void {
    const now = performance.now();
    const later = this.#pending.findIndex(({ dueAt, isOver }) => !isOver && dueAt > now);
    const due = this.#pending.splice(0, later === -1 ? this.#pending.length : later).filter(({ isOver }) => !isOver);
    const given = due.filter((pending) => this.#extend(pending, now));
    if (given.length > 0) this.#pending = [...given, ...this.#pending].sort((a, b) => a.dueAt - b.dueAt);
    const [next] = this.#pending;
    this.#isArmed = false;
    if (next) this.#arm(Math.max(1, next.dueAt - now));
    for (const pending of due) if (pending.dueAt <= now) this.#fail(pending, new CommandTimedOut(this.#what));
  }

  /** Whether the command is given more time because its server sends. */
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
    return null; // it is told as it came
  }
}
