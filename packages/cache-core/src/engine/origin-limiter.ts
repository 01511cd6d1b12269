import PQueue from 'p-queue';
import type { Clock } from '../model/clock.ts';
import { LoadTimedOut, OriginCircuitOpen, OriginOverloaded } from '../model/errors.ts';
import type { BreakerState, Verdict } from './breaker.ts';
import { ExpectedWait } from './expected-wait.ts';
import { waitForSpareSlot } from './low-priority-permit.ts';
import {
  type OriginLimiterContext,
  type OriginLimiterOptions,
  type OriginLimiterSettings,
  resolveOriginLimiter,
} from './origin-limiter-options.ts';

export interface OriginState {
  readonly breaker: BreakerState;
  readonly running: number;
  readonly waiting: number;
  /** Calls that timed out and still run, because they ignore their signal. */
  readonly abandoned: number;
}

/** Calls the origin. When the call times out, its signal is aborted with a `LoadTimedOut` as the reason. */
export type OriginWork<Result> = (signal: AbortSignal) => PromiseLike<Result> | Result;

/** The right to make one call of an origin. Its holder must release it, whatever happens. */
export interface Permit {
  /**
   * Calls the origin. Returns the result of `work`, or rejects with its error unchanged.
   *
   * @param what names the call in errors
   * @param timeoutMs from the start of the work
   * @throws LoadTimedOut after `timeoutMs`, even if `work` never settles
   * @throws OriginCircuitOpen, OriginOverloaded if the origin has failed since the permit was granted; `work` was not started
   */
  run<Result>(what: string, timeoutMs: number, work: OriginWork<Result>): Promise<Result>;
  /** Lets another call run while the holder waits for another load instead of for the origin. */
  suspend(): void;
  /** Ends `suspend`. Does not wait: until a call ends, more calls than `concurrency` may run. */
  resume(): void;
  /** Gives the permit back. Further calls have no effect. */
  release(): void;
}

/** The reason of signals that only end a timer. Without one, `abort` makes an exception with a stack trace for each call. */
const OVER = 'over';

type Ended<Result> = { readonly verdict: Verdict } & ({ readonly result: Result } | { readonly error: unknown });

/** Abandoned calls that may still run, per call of `concurrency`. */
const MAX_ABANDONED_PER_PERMIT = 4;
/** An abandoned call stops counting after this multiple of its timeout, because its promise may never settle. */
const LOST_AFTER_TIMEOUTS = 10;

/**
 * Protects one origin. It bounds the calls that run, the calls that wait, their waits and their run times, and it refuses calls
 * while the circuit breaker is open.
 *
 * A caller releases its permit when its call times out, even if the call's promise is still pending: loads that ignore their
 * signal must not block all others. The origin may still be busy with such an abandoned call, so their number is bounded too.
 * A promise may never settle, so each abandoned call counts for a limited time only.
 */
export class OriginLimiter {
  readonly name: string;
  readonly #settings: OriginLimiterSettings;
  readonly #queue: PQueue;
  readonly #clock: Clock;
  readonly #expectedWait: ExpectedWait | null;
  /** Each abandoned call with the monotonic time at which it no longer counts. */
  readonly #abandoned = new Map<Promise<unknown>, number>();
  #latestFailure: unknown;
  #refused = 0;

  constructor(name: string, options: OriginLimiterOptions, surroundings: OriginLimiterContext) {
    this.name = name;
    this.#clock = surroundings.clock;
    this.#settings = resolveOriginLimiter(name, options, surroundings);
    this.#queue = new PQueue({ concurrency: this.#settings.concurrency });
    const { concurrency, maxExpectedWaitMs } = this.#settings;
    this.#expectedWait = maxExpectedWaitMs === null ? null : new ExpectedWait(concurrency, maxExpectedWaitMs);
  }

  /** The number of calls that may run at the same time. */
  get permits(): number {
    return this.#settings.concurrency;
  }

  get state(): OriginState {
    return {
      breaker: this.#settings.breaker?.state ?? 'closed',
      running: this.#queue.pending,
      waiting: this.#queue.size,
      abandoned: this.#abandoned.size,
    };
  }

  /** The calls refused with `OriginOverloaded` since the start. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Waits for a permit, first come, first served.
   *
   * @throws OriginCircuitOpen if the breaker is open, at the call or when the wait ends
   * @throws OriginOverloaded if the queue is full, the wait takes longer than `waitAtMost`, or too many abandoned calls still run
   */
  async acquire(): Promise<Permit> {
    this.#throwIfUnavailable();
    if (this.#queue.pending < this.#queue.concurrency) return this.#grant();
    if (this.isFull) throw this.#overloaded(this.#maxWaiting);
    const wait = this.#startWait();
    return this.#grant(wait).finally(wait.end);
  }

  /**
   * Waits for a permit that no reader needs. Of an origin that allows more than one call, the last permit is always left to
   * readers.
   *
   * @throws OriginCircuitOpen, OriginOverloaded as `acquire`
   */
  async acquireLowPriority(): Promise<Permit> {
    this.#throwIfUnavailable();
    const wait = this.#startWait();
    const release = await waitForSpareSlot(this.#queue, wait.signal).finally(wait.end);
    return this.#permit(release);
  }

  /** Whether a call would be refused now because too many wait. */
  get isFull(): boolean {
    return this.#queue.pending >= this.#queue.concurrency && this.#queue.size >= this.#maxWaiting;
  }

  get #maxWaiting(): number {
    return Math.min(this.#settings.maxWaiting, this.#expectedWait?.maxWaiting ?? Number.POSITIVE_INFINITY);
  }

  #grant(wait?: { readonly signal: AbortSignal; end(): void }): Promise<Permit> {
    const { promise, resolve, reject } = Promise.withResolvers<Permit>();
    const hold = () => {
      if (wait) {
        wait.end();
        this.#throwIfUnavailable(); // the breaker may have opened during the wait
      }
      const slot = Promise.withResolvers<void>();
      const grantedAt = this.#clock.monotonic();
      resolve(this.#permit(slot.resolve));
      void slot.promise.then(() => this.#expectedWait?.ended(this.#clock.monotonic() - grantedAt));
      return slot.promise; // not the promise above, which frees the permit a turn later
    };
    this.#queue.add(hold, wait && { signal: wait.signal }).catch(reject);
    return promise;
  }

  #permit(release: () => void): Permit {
    return {
      run: async (what, timeoutMs, work) => {
        this.#throwIfUnavailable(); // the breaker may have opened since the permit was granted
        return this.#call(what, timeoutMs, work);
      },
      suspend: () => {
        this.#queue.concurrency++;
      },
      resume: () => {
        this.#queue.concurrency--;
      },
      release,
    };
  }

  #throwIfUnavailable(): void {
    const refusedForMs = this.#settings.breaker?.refusedForMs ?? 0;
    if (refusedForMs > 0) throw new OriginCircuitOpen(this.name, refusedForMs, { cause: this.#latestFailure });
    const max = MAX_ABANDONED_PER_PERMIT * this.#settings.concurrency;
    if (this.#abandoned.size < max) return;
    const now = this.#clock.monotonic();
    for (const [working, lostAt] of this.#abandoned) if (lostAt <= now) this.#abandoned.delete(working);
    if (this.#abandoned.size < max) return;
    throw this.#overloaded(
      `fewer than ${max} timed-out calls that still run (a load must end when its signal is aborted)`,
    );
  }

  #overloaded(expected: number | string): OriginOverloaded {
    this.#refused++;
    return new OriginOverloaded(expected, this.name);
  }

  /** Returns a signal that ends a wait which takes longer than `waitAtMost`. Call `end` when the wait is over. */
  #startWait(): { readonly signal: AbortSignal; end(): void } {
    const leave = new AbortController();
    const over = new AbortController();
    const cameAt = this.#clock.monotonic();
    const { waitAtMostMs } = this.#settings;
    void this.#clock.sleep(waitAtMostMs, over.signal).then(() => {
      if (over.signal.aborted) return;
      const waitedMs = Math.round(this.#clock.monotonic() - cameAt);
      leave.abort(this.#overloaded(`a permit within ${waitAtMostMs} ms, waited ${waitedMs} ms`));
    });
    return { signal: leave.signal, end: () => over.abort(OVER) };
  }

  async #call<Result>(what: string, timeoutMs: number, work: OriginWork<Result>): Promise<Result> {
    const call = () => this.#work(what, timeoutMs, work);
    const { breaker } = this.#settings;
    const ended = await (breaker ? breaker.run(call) : call());
    if ('error' in ended) throw ended.error;
    return ended.result;
  }

  /** Never rejects. */
  async #work<Result>(what: string, timeoutMs: number, work: OriginWork<Result>): Promise<Ended<Result>> {
    const stop = new AbortController();
    const over = new AbortController();
    // This listener comes before those of the work, so the call rejects with the signal's reason and not with an error of the work.
    const timedOut = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
    });
    void this.#clock.sleep(timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) stop.abort(new LoadTimedOut(what, timeoutMs));
    });
    try {
      const working = new Promise<Result>((resolve) => resolve(work(stop.signal)));
      stop.signal.addEventListener('abort', () => this.#abandon(working, timeoutMs), { once: true });
      return { verdict: 'answered', result: await Promise.race([timedOut, working]) };
    } catch (error) {
      return this.#judge(error);
    } finally {
      over.abort(OVER);
    }
  }

  #abandon(working: Promise<unknown>, timeoutMs: number): void {
    const ended = () => this.#abandoned.delete(working);
    this.#abandoned.set(working, this.#clock.monotonic() + LOST_AFTER_TIMEOUTS * timeoutMs);
    working.then(ended, ended);
  }

  #judge(error: unknown): Ended<never> {
    let failure = error;
    try {
      if (!this.#settings.isFailure(error)) return { verdict: 'answered', error };
    } catch (thrown) {
      failure = thrown;
    }
    this.#latestFailure = failure;
    return { verdict: 'failed', error: failure };
  }
}
