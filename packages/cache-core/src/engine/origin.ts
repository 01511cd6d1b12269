import PQueue from 'p-queue';
import type { Clock } from '../clock.ts';
import { LoadTimedOut, OriginOverloaded, OriginUnavailable } from '../errors.ts';
import type { Breaker, BreakerState, Verdict } from './breaker.ts';
import { type OriginOptions, type OriginSurroundings, resolveOrigin } from './origin-options.ts';
import { takeSparePlace } from './spare-place.ts';

export interface OriginState {
  readonly breaker: BreakerState;
  readonly running: number;
  readonly waiting: number;
  /** Calls that were given up and have not ended: they ignore their signal. */
  readonly abandoned: number;
}

/** Asks the origin. The signal's reason is `LoadTimedOut`, or that of `unwanted`. */
export type OriginWork<Result> = (signal: AbortSignal) => PromiseLike<Result> | Result;

/** A place at an origin: calls go ahead without waiting for their turn. As `Origin.run`. */
export interface Place {
  run<Result>(what: string, timeoutMs: number, work: OriginWork<Result>, onBegin?: () => void): Promise<Result>;
}

interface Call<Result> {
  readonly what: string;
  readonly timeoutMs: number;
  readonly work: OriginWork<Result>;
  readonly unwanted: AbortSignal | undefined;
}

type Ended<Result> = { readonly verdict: Verdict } & ({ readonly result: Result } | { readonly error: unknown });

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

  constructor(name: string, options: OriginOptions, surroundings: OriginSurroundings) {
    this.name = name;
    this.#clock = surroundings.clock;
    const { concurrency, maxWaiting, waitAtMostMs, breaker, isFailure } = resolveOrigin(name, options, surroundings);
    this.#concurrency = concurrency;
    this.#queue = new PQueue({ concurrency });
    this.#maxWaiting = maxWaiting;
    this.#waitAtMostMs = waitAtMostMs;
    this.#isFailure = isFailure;
    this.#breaker = breaker;
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

  /**
   * For what no reader waits for: gives it a place once one is free beside the last, which is the readers' own where there is
   * more than one. The place is kept until `use` has ended.
   *
   * @throws OriginOverloaded, OriginUnavailable: it was not begun
   */
  async afterReaders<Result>(use: (place: Place) => Promise<Result>): Promise<Result> {
    this.#refuse();
    const turn = this.#turn(undefined);
    const free = await takeSparePlace(this.#queue, turn.signal).finally(turn.end);
    const run: Place['run'] = async (what, timeoutMs, work, onBegin) => {
      this.#refuse();
      onBegin?.();
      return this.#call({ what, timeoutMs, work, unwanted: undefined });
    };
    try {
      return await use({ run });
    } finally {
      free();
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
