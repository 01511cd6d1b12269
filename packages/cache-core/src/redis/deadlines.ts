import { Unreachable } from '../errors.ts';
import { unreachableBy } from './error-replies.ts';

/** What becomes of a command's end, beside its answer. */
export interface Watch {
  /** Told how it ended: null, or the error. */
  readonly onEnd: (error: Unreachable | null) => void;
}

interface Pending {
  readonly dueAt: number;
  readonly reject: (error: Unreachable) => void;
  readonly watch: Watch;
  isOver: boolean;
}

/**
 * `withDeadline` for many short commands that all have the same time: one timer for all of them, because one for each costs
 * a command on a fast server a tenth of what it takes altogether.
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
      const pending: Pending = { dueAt: performance.now() + this.#ms, reject, watch, isOver: false };
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
    const due = this.#pending.splice(0, later === -1 ? this.#pending.length : later);
    const [next] = this.#pending;
    this.#isArmed = false;
    if (next) this.#arm(Math.max(1, next.dueAt - now));
    for (const pending of due) if (!pending.isOver) this.#fail(pending, new Unreachable(this.#what));
  }
}

function attempt<Result>(recover: (error: unknown) => Result, error: unknown): { result: Result } | null {
  try {
    return { result: recover(error) };
  } catch {
    return null; // it is told as it came
  }
}
