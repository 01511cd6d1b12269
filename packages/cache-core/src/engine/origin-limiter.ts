import { type Clock, startTimer } from '../model/clock.ts';
import { OriginCircuitOpen, OriginOverloaded } from '../model/errors.ts';
import type { BreakerState, Verdict } from './breaker.ts';
import { ExpectedWait } from './expected-wait.ts';
import {
  type OriginLimiterContext,
  type OriginLimiterOptions,
  type OriginLimiterSettings,
  resolveOriginLimiter,
} from './origin-limiter-options.ts';
import { Permits } from './permits.ts';
import { type OriginWork, timedCall } from './timed-call.ts';

export interface OriginState {
  readonly breaker: BreakerState;
  readonly running: number;
  readonly waiting: number;
  /** Calls that timed out and still run, because they ignore their signal. */
  readonly abandoned: number;
}

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
  readonly #permits: Permits;
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
    const { concurrency, maxExpectedWaitMs } = this.#settings;
    this.#permits = new Permits(concurrency);
    this.#expectedWait = maxExpectedWaitMs === null ? null : new ExpectedWait(concurrency, maxExpectedWaitMs);
  }

  /** The number of calls that may run at the same time. */
  get permits(): number {
    return this.#settings.concurrency;
  }

  get state(): OriginState {
    return {
      breaker: this.#settings.breaker?.state ?? 'closed',
      running: this.#permits.taken,
      waiting: this.#permits.waiting,
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
   * @param isNested whether the caller is a load that waits for this one and has suspended its permit. Only `maxWaiting` bounds such calls.
   * @throws OriginCircuitOpen if the breaker is open, at the call or when the wait ends
   * @throws OriginOverloaded if the queue is full, the wait takes longer than `waitAtMost`, or too many abandoned calls still run
   */
  async acquire(isNested = false): Promise<Permit> {
    const free = this.acquireFree();
    if (free) return free;
    const maxWaiting = isNested ? this.#settings.maxWaiting : this.#maxWaiting;
    if (this.#permits.waiting >= maxWaiting) throw this.#overloaded(maxWaiting);
    await this.#wait(false);
    return this.#granted(true);
  }

  /**
   * Returns a permit if one is free. Returns null otherwise; the caller then waits in `acquire`.
   *
   * @throws OriginCircuitOpen, OriginOverloaded as `acquire`
   */
  acquireFree(): Permit | null {
    this.#throwIfUnavailable();
    return this.#permits.take() ? this.#permit(true) : null;
  }

  /**
   * Waits for a permit that no reader needs. Of an origin that allows more than one call, the last permit is always left to
   * readers.
   *
   * @throws OriginCircuitOpen, OriginOverloaded as `acquire`
   */
  async acquireLowPriority(): Promise<Permit> {
    this.#throwIfUnavailable();
    await this.#wait(true);
    return this.#granted(false);
  }

  /** Whether a call would be refused now because too many wait. */
  get isFull(): boolean {
    return !this.#permits.hasFree && this.#permits.waiting >= this.#maxWaiting;
  }

  get #maxWaiting(): number {
    return Math.min(this.#settings.maxWaiting, this.#expectedWait?.maxWaiting ?? Number.POSITIVE_INFINITY);
  }

  /** Resolves when a permit is taken for the caller. Rejects if the wait takes longer than `waitAtMost`. */
  #wait(isLowPriority: boolean): Promise<void> {
    const cameAt = this.#clock.monotonic();
    this.#expectedWait?.observe(this.#permits.waiting, cameAt);
    const { waitAtMostMs } = this.#settings;
    return new Promise((resolve, reject) => {
      const stop = startTimer(this.#clock, waitAtMostMs, () => {
        leave();
        const waitedMs = Math.round(this.#clock.monotonic() - cameAt);
        reject(this.#overloaded(`a permit within ${waitAtMostMs} ms, waited ${waitedMs} ms`));
      });
      const granted = () => {
        stop();
        resolve();
      };
      const leave = this.#permits.wait(granted, isLowPriority);
    });
  }

  /** Returns the permit that was taken at the end of a wait, unless the breaker has opened during the wait. */
  #granted(isExpected: boolean): Permit {
    try {
      this.#throwIfUnavailable();
    } catch (error) {
      this.#permits.release();
      throw error;
    }
    return this.#permit(isExpected);
  }

  /** @param isExpected whether its duration counts for the expected wait of other calls */
  #permit(isExpected: boolean): Permit {
    const grantedAt = this.#clock.monotonic();
    let isReleased = false;
    return {
      run: (what, timeoutMs, work) => this.#run(what, timeoutMs, work),
      suspend: () => this.#permits.change(1),
      resume: () => this.#permits.change(-1),
      release: () => {
        if (isReleased) return;
        isReleased = true;
        const now = this.#clock.monotonic();
        if (isExpected) this.#expectedWait?.ended(now - grantedAt);
        this.#permits.release();
        this.#expectedWait?.observe(this.#permits.waiting, now);
      },
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

  async #run<Result>(what: string, timeoutMs: number, work: OriginWork<Result>): Promise<Result> {
    this.#throwIfUnavailable(); // the breaker may have opened since the permit was granted
    const { breaker } = this.#settings;
    const call = () => this.#call(what, timeoutMs, work);
    const isProbe = breaker !== null && breaker.state !== 'closed';
    const ended = await (isProbe ? breaker.run(call) : call());
    if (breaker && !isProbe) await breaker.note(ended.verdict);
    if ('error' in ended) throw ended.error;
    return ended.result;
  }

  /** Never rejects. */
  async #call<Result>(what: string, timeoutMs: number, work: OriginWork<Result>): Promise<Ended<Result>> {
    const onTimeout = (working: Promise<unknown>) => this.#abandon(working, timeoutMs);
    try {
      return {
        verdict: 'answered',
        result: await timedCall({ what, timeoutMs, clock: this.#clock, onTimeout }, work),
      };
    } catch (error) {
      return this.#judge(error);
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
