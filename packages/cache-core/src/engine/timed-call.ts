import { type Clock, startTimer } from '../model/clock.ts';
import { LoadTimedOut } from '../model/errors.ts';

/** Calls the origin. When the call times out, its signal is aborted with a `LoadTimedOut` as the reason. */
export type OriginWork<Result> = (call: Cancellable) => PromiseLike<Result> | Result;

/** A call that may be cancelled. */
export interface Cancellable {
  /** Made when it is first read, because most loads do not read it. */
  readonly signal: AbortSignal;
}

export interface TimedCallOptions {
  /** Names the call in errors. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Called with the work that still runs when the time is over, before its signal is aborted. */
  readonly onTimeout: (working: Promise<unknown>) => void;
}

/**
 * Returns the result of `work`, or rejects with its error unchanged.
 *
 * @throws LoadTimedOut after `timeoutMs`, even if `work` never settles, and even if it rejects because of its signal
 */
export function timedCall<Result>(options: TimedCallOptions, work: OriginWork<Result>): Promise<Result> {
  const { what, timeoutMs, clock, onTimeout } = options;
  return new Promise((resolve, reject) => {
    const cancellation = new Cancellation();
    const stop = startTimer(clock, timeoutMs, () => {
      const error = new LoadTimedOut(what, timeoutMs);
      reject(error);
      onTimeout(working);
      cancellation.cancel(error);
    });
    const working = started(() => work(cancellation));
    working.then(
      (result) => {
        stop();
        resolve(result);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}

function started<Result>(work: () => PromiseLike<Result> | Result): Promise<Result> {
  try {
    return Promise.resolve(work()); // a promise is returned as it is
  } catch (error) {
    return Promise.reject(error);
  }
}

/** An `AbortController` that is made when its signal is first read. */
class Cancellation implements Cancellable {
  #controller: AbortController | null = null;
  #error: LoadTimedOut | null = null;

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#error) this.#controller.abort(this.#error);
    }
    return this.#controller.signal;
  }

  cancel(error: LoadTimedOut): void {
    this.#error = error;
    this.#controller?.abort(error);
  }
}
