import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
  type IBackoff,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import type { Clock } from '../model/clock.ts';

/** `closed`: calls run. `open`: calls are refused. `half-open`: one probe runs and decides, other calls are refused. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** The result of a call as the breaker counts it; `unknown` if the call ended without reaching the called system. */
export type Verdict = 'answered' | 'failed' | 'unknown';

interface Judged {
  readonly verdict: Verdict;
}

const STATES = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open', // never entered here
} as const satisfies Record<CircuitState, BreakerState>;

/** Reports a verdict to cockatiel, which knows errors only. */
class NoAnswer extends Error {
  readonly verdict: Verdict;
  readonly counts: boolean;

  constructor(verdict: Verdict, counts: boolean) {
    super(verdict);
    this.verdict = verdict;
    this.counts = counts;
  }
}

/**
 * cockatiel's breaker for consecutive failures, with three differences. Time comes from the clock port. Calls that arrive during the
 * probe can be refused (cockatiel makes them wait for it). A probe that ends without a verdict neither closes the breaker nor starts
 * another wait: the next call is the probe.
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #openForMs: number;
  readonly #policy: CircuitBreakerPolicy;
  #retryAt = 0;
  /** Whether the last verdict that `note` has counted is a failure. */
  #hasFailed = false;

  /**
   * @param settings `failures` in a row open the breaker for `openForMs`
   * @param onStateChange must not throw
   */
  constructor(
    settings: { failures: number; openForMs: number; clock: Clock },
    onStateChange?: (state: BreakerState) => void,
  ) {
    this.#clock = settings.clock;
    this.#openForMs = settings.openForMs;
    this.#policy = circuitBreaker(
      handleType(NoAnswer, ({ counts }) => counts),
      {
        breaker: new ConsecutiveBreaker(settings.failures),
        halfOpenAfter: { next: (context) => this.#open(context) },
      },
    );
    if (onStateChange) this.#policy.onStateChange((state) => onStateChange(STATES[state]));
  }

  get state(): BreakerState {
    return STATES[this.#policy.state];
  }

  /** Milliseconds until the next call may run; 0 if it may run now. */
  get refusedForMs(): number {
    if (this.state === 'closed') return 0;
    // The run time of the probe is not known.
    if (this.state === 'half-open') return Math.max(1, this.#openForMs);
    return Math.max(0, Math.ceil(this.#retryAt - this.#clock.monotonic()));
  }

  /**
   * Runs a call and counts its verdict. Starts the call before it returns.
   *
   * @param call must never reject; run it only while `refusedForMs` is 0
   */
  async run<Ended extends Judged>(call: () => Promise<Ended>): Promise<Ended> {
    const isProbe = this.state !== 'closed';
    let ended: Ended | undefined;
    try {
      return await this.#policy.execute(async () => {
        ended = await call();
        const { verdict } = ended;
        if (verdict === 'answered') return ended;
        throw new NoAnswer(verdict, isProbe || (verdict === 'failed' && this.state === 'closed'));
      });
    } catch (error) {
      if (ended === undefined || !(error instanceof NoAnswer)) throw error;
      return ended;
    }
  }

  /**
   * Counts the verdict of a call that began while the breaker was closed. Returns null if that changes nothing, which saves the
   * promises of `run`: failures in a row are counted, so an answer after an answer does not change the count.
   */
  note(verdict: Verdict): Promise<unknown> | null {
    // A call that started before the breaker opened shows nothing about the present state.
    if (this.state !== 'closed' || verdict === 'unknown') return null;
    if (verdict === 'answered' && !this.#hasFailed) return null;
    this.#hasFailed = verdict === 'failed';
    return this.run(async () => ({ verdict }));
  }

  #open({ result }: IHalfOpenAfterBackoffContext): IBackoff<IHalfOpenAfterBackoffContext> {
    const isUnknown = 'error' in result && result.error instanceof NoAnswer && result.error.verdict === 'unknown';
    this.#retryAt = this.#clock.monotonic() + (isUnknown ? 0 : this.#openForMs);
    const isDue = () => this.#clock.monotonic() >= this.#retryAt;
    return {
      // cockatiel reads it at each call and compares it with Date.now(). Infinite values leave the decision to the clock port.
      get duration() {
        return isDue() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: (context) => this.#open(context),
    };
  }
}
