import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
  type IBackoff,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import type { Clock } from '../clock.ts';

/** Closed: calls go through. Open: none does. Half-open: one is under way to find out. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** What the end of a call says of who was called. */
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

/** Takes a verdict through cockatiel, which knows errors only. */
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
 * cockatiel's breaker for failures in a row, but: time is the port's; who comes while the probe is under way can be refused (cockatiel
 * lets them wait for it); and a probe that ends without a verdict neither closes it nor costs another wait: the next call is the probe.
 */
export class Breaker {
  readonly #clock: Clock;
  readonly #openForMs: number;
  readonly #policy: CircuitBreakerPolicy;
  #retryAt = 0;

  /** @param settings so many `failures` in a row open it, for `openForMs`; `onStateChange` must not throw */
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
        halfOpenAfter: { next: (context) => this.#leaveAlone(context) },
      },
    );
    if (onStateChange) this.#policy.onStateChange((state) => onStateChange(STATES[state]));
  }

  get state(): BreakerState {
    return STATES[this.#policy.state];
  }

  /** 0 when a call may go through, else in how many milliseconds to try again. */
  get refusedForMs(): number {
    if (this.state === 'closed') return 0;
    // How long the probe takes is not known.
    if (this.state === 'half-open') return Math.max(1, this.#openForMs);
    return Math.max(0, Math.ceil(this.#retryAt - this.#clock.monotonic()));
  }

  /** Begins the call before it returns. Only while `refusedForMs` is 0, and the call must never reject: its verdict says it. */
  async run<Ended extends Judged>(call: () => Promise<Ended>): Promise<Ended> {
    const isProbe = this.state !== 'closed';
    let ended: Ended | undefined;
    try {
      return await this.#policy.execute(async () => {
        ended = await call();
        const { verdict } = ended;
        if (verdict === 'answered') return ended;
        // What began before it opened says nothing about how the origin is now.
        throw new NoAnswer(verdict, isProbe || (verdict === 'failed' && this.state === 'closed'));
      });
    } catch (error) {
      if (ended === undefined || !(error instanceof NoAnswer)) throw error;
      return ended;
    }
  }

  #leaveAlone({ result }: IHalfOpenAfterBackoffContext): IBackoff<IHalfOpenAfterBackoffContext> {
    const isUnknown = 'error' in result && result.error instanceof NoAnswer && result.error.verdict === 'unknown';
    this.#retryAt = this.#clock.monotonic() + (isUnknown ? 0 : this.#openForMs);
    const isDue = () => this.#clock.monotonic() >= this.#retryAt;
    return {
      // cockatiel asks for it at each call, to compare it with the time by Date.now(): infinities leave the answer to the port's clock.
      get duration() {
        return isDue() ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      },
      next: (context) => this.#leaveAlone(context),
    };
  }
}
