import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { type Duration, toMs } from '../duration.ts';
import { InvalidArgument, LoadTimedOut, OriginOverloaded, OriginUnavailable } from '../errors.ts';
import { assertKnownOptions } from '../known-options.ts';
import { Breaker, type BreakerState, type Verdict } from './breaker.ts';

/** How much one origin (a database, a search engine) is asked at a time, and when it is left alone. */
export interface OriginOptions {
  /** Calls at a time. Default 16. */
  readonly concurrency?: number;
  /** Calls that may wait for their turn; more are refused at once with `OriginOverloaded`. Default 1,000. */
  readonly maxWaiting?: number;
  /** A call that has waited so long for its turn is refused with `OriginOverloaded`. Default 10 s. */
  readonly waitAtMost?: Duration;
  /** So many failures in a row (10), and the origin is left alone for a while (5 s); then one call tries again. False: never. */
  readonly breaker?: false | { readonly failures?: number; readonly openFor?: Duration };
  /**
   * Whether an error is the origin's fault; one that is not counts as an answer. Timeouts are `LoadTimedOut`. Must not throw: if it does, the
   * call fails with what it threw, and that counts as the origin's fault. Default: every error is.
   */
  readonly isFailure?: (error: unknown) => boolean;
}

export interface OriginSurroundings {
  readonly clock: Clock;
  /** Must not throw. */
  readonly onStateChange?: (state: BreakerState) => void;
}

export interface OriginState {
  readonly breaker: BreakerState;
  readonly running: number;
  readonly waiting: number;
  /** Calls that were given up and have not ended: they ignore their signal. */
  readonly abandoned: number;
}

/** Asks the origin. The signal's reason is `LoadTimedOut`, or that of `unwanted`. */
export type OriginWork<Result> = (signal: AbortSignal) => PromiseLike<Result> | Result;

interface Call<Result> {
  readonly what: string;
  readonly timeoutMs: number;
  readonly work: OriginWork<Result>;
  readonly unwanted: AbortSignal | undefined;
}

type Ended<Result> = { readonly verdict: Verdict } & ({ readonly result: Result } | { readonly error: unknown });

const OPTIONS = [
  'concurrency',
  'maxWaiting',
  'waitAtMost',
  'breaker',
  'isFailure',
] as const satisfies (keyof OriginOptions)[];
/** So many calls that were given up may still run, for each one that may run at a time. */
const ABANDONED_PER_PLACE = 4;
/** One that has run so many times its timeout is taken for lost: no server works that long for nobody. */
const LOST_AFTER_TIMEOUTS = 10;

/**
 * Guards one origin: so many calls at a time, so many waiting, each for so long, each within its time; and none while it is known to fail.
 *
 * A call that is given up (too slow, or nobody wants it any more) frees its place at once, even if its promise is still pending: loads that
 * ignore their signal must not starve all others. The origin may still be busy with it, so the calls given up are bounded too; and, because
 * a promise may never settle, each counts for a limited time only.
 */
export class Origin {
  readonly name: string;
  readonly #concurrency: number;
  readonly #queue: PQueue;
  readonly #maxWaiting: number;
  readonly #waitAtMostMs: number;
  readonly #breaker: Breaker | null;
  readonly #isFailure: (error: unknown) => boolean;
  readonly #clock: Clock;
  /** Each with when it is taken for lost. */
  readonly #abandoned = new Map<Promise<unknown>, number>();
  #latestFailure: unknown;

  constructor(name: string, options: OriginOptions, { clock, onStateChange }: OriginSurroundings) {
    this.name = name;
    this.#clock = clock;
    assertKnownOptions(`origin ${name}`, options, OPTIONS);
    this.#concurrency = atLeast(1, 'concurrency', options.concurrency ?? 16);
    this.#queue = new PQueue({ concurrency: this.#concurrency });
    this.#maxWaiting = atLeast(0, 'maxWaiting', options.maxWaiting ?? 1_000);
    this.#waitAtMostMs = toMs('waitAtMost', options.waitAtMost ?? '10s');
    this.#isFailure = options.isFailure ?? (() => true);
    if (typeof this.#isFailure !== 'function') throw new InvalidArgument('isFailure', 'a function', options.isFailure);
    this.#breaker = breakerOf(options.breaker ?? {}, clock, onStateChange);
  }

  get state(): OriginState {
    return {
      breaker: this.#breaker?.state ?? 'closed',
      running: this.#queue.pending,
      waiting: this.#queue.size,
      abandoned: this.#abandoned.size,
    };
  }

  /**
   * Gives what `work` gives, throws what it throws, as it is.
   * @param what names the call in errors
   * @param timeoutMs from when the work starts; it then fails with `LoadTimedOut`
   * @param onBegin called when the turn has come, synchronously before the work starts
   * @param unwanted aborted when nobody wants the result any more: it leaves the queue, or is given up, with the signal's reason
   * @throws OriginOverloaded, OriginUnavailable: the work was not started
   */
  async run<Result>(
    what: string,
    timeoutMs: number,
    work: OriginWork<Result>,
    onBegin?: () => void,
    unwanted?: AbortSignal,
  ): Promise<Result> {
    unwanted?.throwIfAborted();
    this.#refuse();
    const start = () => {
      onBegin?.();
      return this.#call({ what, timeoutMs, work, unwanted });
    };
    if (this.#queue.pending < this.#queue.concurrency) return this.#queue.add(start);
    if (this.#queue.size >= this.#maxWaiting) throw new OriginOverloaded(this.#maxWaiting, this.name);
    const turn = this.#turn(unwanted);
    const startInTurn = () => {
      turn.end();
      this.#refuse(); // much may have failed meanwhile
      return start();
    };
    try {
      return await this.#queue.add(startInTurn, { signal: turn.signal });
    } finally {
      turn.end();
    }
  }

  /** One call of those that run waits for another: its place is free meanwhile. */
  lend(): void {
    this.#queue.concurrency++;
  }

  takeBack(): void {
    this.#queue.concurrency--;
  }

  #refuse(): void {
    const refusedForMs = this.#breaker?.refusedForMs ?? 0;
    if (refusedForMs > 0) throw new OriginUnavailable(this.name, refusedForMs, { cause: this.#latestFailure });
    const most = ABANDONED_PER_PLACE * this.#concurrency;
    if (this.#abandoned.size < most) return;
    const now = this.#clock.monotonic();
    for (const [working, lostAt] of this.#abandoned) if (lostAt <= now) this.#abandoned.delete(working);
    if (this.#abandoned.size < most) return;
    throw new OriginOverloaded(
      `fewer than ${most} calls that were given up and go on (a load must end when its signal is aborted)`,
      this.name,
    );
  }

  /** A signal to leave the queue: waited too long, or nobody wants it any more. `end` when its turn has come, or it has left. */
  #turn(unwanted: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
    const leave = new AbortController();
    const over = new AbortController();
    const onUnwanted = () => leave.abort(unwanted?.reason);
    unwanted?.addEventListener('abort', onUnwanted, { once: true });
    const cameAt = this.#clock.monotonic();
    void this.#clock.sleep(this.#waitAtMostMs, over.signal).then(() => {
      if (over.signal.aborted) return;
      const waitedMs = Math.round(this.#clock.monotonic() - cameAt);
      leave.abort(new OriginOverloaded(`a turn within ${this.#waitAtMostMs} ms, waited ${waitedMs} ms`, this.name));
    });
    const end = () => {
      over.abort();
      unwanted?.removeEventListener('abort', onUnwanted);
    };
    return { signal: leave.signal, end };
  }

  async #call<Result>(call: Call<Result>): Promise<Result> {
    const work = () => this.#work(call);
    const ended = await (this.#breaker ? this.#breaker.run(work) : work());
    if ('error' in ended) throw ended.error;
    return ended.result;
  }

  /** Never rejects. */
  async #work<Result>({ what, timeoutMs, work, unwanted }: Call<Result>): Promise<Ended<Result>> {
    const stop = new AbortController();
    const over = new AbortController();
    // Listens before the work does, so that the reason is what comes out, not what the work makes of it.
    const givenUp = new Promise<never>((_, reject) => {
      stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
    });
    const onUnwanted = () => stop.abort(unwanted?.reason);
    unwanted?.addEventListener('abort', onUnwanted, { once: true });
    void this.#clock.sleep(timeoutMs, over.signal).then(() => {
      if (!over.signal.aborted) stop.abort(new LoadTimedOut(what, timeoutMs));
    });
    try {
      const working = new Promise<Result>((resolve) => resolve(work(stop.signal)));
      stop.signal.addEventListener('abort', () => this.#abandon(working, timeoutMs), { once: true });
      return { verdict: 'answered', result: await Promise.race([givenUp, working]) };
    } catch (error) {
      return this.#judge(error, unwanted);
    } finally {
      over.abort();
      unwanted?.removeEventListener('abort', onUnwanted);
    }
  }

  #abandon(working: Promise<unknown>, timeoutMs: number): void {
    const ended = () => this.#abandoned.delete(working);
    this.#abandoned.set(working, this.#clock.monotonic() + LOST_AFTER_TIMEOUTS * timeoutMs);
    working.then(ended, ended);
  }

  #judge(error: unknown, unwanted: AbortSignal | undefined): Ended<never> {
    if (unwanted?.aborted) return { verdict: 'unknown', error };
    let fault = error;
    try {
      if (!this.#isFailure(error)) return { verdict: 'answered', error };
    } catch (thrown) {
      fault = thrown;
    }
    this.#latestFailure = fault;
    return { verdict: 'failed', error: fault };
  }
}

function breakerOf(
  options: NonNullable<OriginOptions['breaker']>,
  clock: Clock,
  onStateChange: OriginSurroundings['onStateChange'],
): Breaker | null {
  if (options === false) return null;
  assertKnownOptions('breaker', options, ['failures', 'openFor']);
  const failures = atLeast(1, 'breaker.failures', options.failures ?? 10);
  const openForMs = toMs('breaker.openFor', options.openFor ?? '5s');
  return new Breaker({ failures, openForMs, clock }, onStateChange);
}

function atLeast(least: number, option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new InvalidArgument(option, `a whole number from ${least}`, value);
}
