import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { Follower } from '../log/follower.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock } from '../model/clock.ts';
import { cacheChannels, type LoadTrace } from '../model/diagnostics.ts';
import { InvalidArgument } from '../model/errors.ts';
import type { CacheKey } from '../model/key.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import { type Scope, union } from '../model/scope.ts';
import { isNullBody, toBody } from '../model/value.ts';
import type { InFlightLoad, LoadResult, StampedLoad } from './in-flight-loads.ts';
import { isNotModified, LoadCall, type LoadContext, type LoadMetadata, type NotModified } from './load-context.ts';
import { LoadNesting } from './load-nesting.ts';
import type { OriginLimiter, Permit } from './origin-limiter.ts';
import type { Cancellable } from './timed-call.ts';
import { TracedLoad } from './traced-load.ts';

/**
 * Asks the origin. Returns any JSON value; `undefined` is one.
 *
 * `Value` is inferred from the return type of the load, so the context cannot name it: `context.stale.value` is `never`, which may be
 * returned and adds nothing to the inferred type. To read its members, a load annotates its parameter, which a method's type
 * allows: `(context: LoadContext<Report>) => …`.
 */
export type Load<Value = unknown> = {
  load(context: LoadContext<never>): Value | NotModified | Promise<Value | NotModified>;
}['load'];

export interface Loaded {
  readonly body: Buffer;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  readonly kind: string | null;
  /** Whether the origin has no value for the key. */
  readonly isNegative: boolean;
  readonly store: boolean;
  /** The load's own times; null where the policy's apply. */
  readonly freshForMs: number | null;
  readonly staleTimes: LoadMetadata['staleTimes'];
  readonly loadMs: number;
  /** Whether the origin found the last answer unchanged. */
  readonly revalidated: boolean;
}

/** The answer for one key of a call, or the error that fails this key alone. */
export type Answered = Loaded | { readonly error: unknown };

/** One key to load, with the functions that its load calls. */
export interface LoadJob {
  readonly key: CacheKey;
  /** `Loader` writes the stamp and the time into it when the load starts. */
  readonly start: StampedLoad;
  /** The in-flight load that ends with this job; null for a load that no reader may join. */
  readonly inFlight: InFlightLoad | null;
  /** Returns the last answer if only its time has ended, else null. Called when the load starts. */
  stale(): CachedEntry | null;
  /** Makes an entry of the answer and stores it in each tier that may have it. Rejects with the error of a key that failed alone. */
  fill(answer: Answered): Promise<LoadResult>;
}

/** Loads the key of a job: by a call for this key alone, or together with other keys of a batch. */
export interface LoadSource {
  load(job: LoadJob): Promise<LoadResult>;
}

/** One call of an origin. */
export interface OriginCall {
  /** Names the call in errors. */
  readonly what: string;
  readonly origin: string;
  readonly hardTimeoutMs: number;
  /** Whether an `Error` in place of a value fails its key alone. */
  readonly isBatch: boolean;
  /** Asks the origin. Returns a value for each of `calls`, in their order. */
  work(calls: readonly LoadCall[]): Promise<readonly unknown[]>;
}

export interface LoaderOptions {
  readonly limiters: ReadonlyMap<string, OriginLimiter>;
  readonly follower: Pick<Follower, 'stamp'>;
  readonly clock: Clock;
  /** The name of the cache. */
  readonly name: string;
}

/** Runs loads, each within the limits of its origin. */
export class Loader {
  readonly nesting = new LoadNesting();
  readonly #options: LoaderOptions;
  readonly #traced: TracingChannel<LoadTrace> = tracingChannel(cacheChannels.load);

  constructor(options: LoaderOptions) {
    this.#options = options;
  }

  /**
   * Returns a source that loads one key.
   *
   * @param held a permit that the caller has acquired; without it the load waits for one
   * @throws InvalidArgument if `load` is not a function
   */
  source(key: CacheKey, load: Load, policy: ResolvedPolicy, held?: Permit): LoadSource {
    if (typeof load !== 'function') throw new InvalidArgument('load', 'a function', load);
    const { origin, hardTimeoutMs } = policy;
    const work = async ([call]: readonly LoadCall[]) => [await load(call?.context as LoadContext<never>)];
    return {
      load: async (job) => {
        const [result] = await this.run({ what: key, origin, hardTimeoutMs, isBatch: false, work }, [job], held);
        if (!result) throw new Error(`expected a result for ${key}, got none`);
        return result;
      },
    };
  }

  /**
   * Makes one call of an origin.
   *
   * @returns the result of each job, in their order; one rejects if its key failed alone
   * @throws the error of the load; LoadTimedOut, OriginOverloaded, OriginCircuitOpen
   */
  run(call: OriginCall, jobs: readonly LoadJob[], held?: Permit): Promise<Promise<LoadResult>[]> {
    if (!this.#traced.hasSubscribers) return this.#run(call, jobs, held, null);
    const { clock, name } = this.#options;
    const traced = new TracedLoad(name, call.origin, jobs, clock);
    return this.#traced.tracePromise(
      () => this.#run(call, jobs, held, traced).finally(() => traced.ended()),
      traced.trace,
    );
  }

  /**
   * Runs every load: acquires a permit, takes the stamp, loads, fills.
   *
   * Invariant: the stamp is taken before the load starts. The keys of a batch share one stamp.
   */
  async #run(
    call: OriginCall,
    jobs: readonly LoadJob[],
    held: Permit | undefined,
    traced: TracedLoad | null,
  ): Promise<Promise<LoadResult>[]> {
    const limiter = this.limiterOf(call.origin);
    const permit = held ?? limiter.acquireFree() ?? (await limiter.acquire(this.nesting.isNested));
    try {
      this.#stamp(jobs, traced);
      const answers = await permit.run(call.what, call.hardTimeoutMs, (cancellable) =>
        this.#load(permit, call, jobs, cancellable),
      );
      return answers.map(({ job, answer }) => job.fill(answer));
    } finally {
      permit.release();
    }
  }

  /** Records the position of the log that this process has applied, and the time, as the start of each job. */
  #stamp(jobs: readonly LoadJob[], traced: TracedLoad | null): void {
    const { follower, clock } = this.#options;
    const { stamp } = follower;
    const beganAt = clock.monotonic();
    for (const { start } of jobs) {
      start.stamp = stamp;
      start.beganAt = beganAt;
    }
    traced?.began();
  }

  /** Calls the origin once. Returns the answer of each job, in their order. */
  async #load(
    permit: Permit,
    call: OriginCall,
    jobs: readonly LoadJob[],
    cancellable: Cancellable,
  ): Promise<{ job: LoadJob; answer: Answered }[]> {
    const { clock } = this.#options;
    const { nesting } = this;
    const running = nesting.begin(jobs, permit);
    try {
      const began = clock.monotonic();
      const now = () => clock.now();
      const loads = jobs.map((job) => ({ job, load: new LoadCall(job.key, job.stale(), cancellable, now) }));
      const values = await nesting.inside(running, () => call.work(loads.map(({ load }) => load)));
      const loadMs = clock.monotonic() - began;
      const answerOf = call.isBatch ? answerOrError : loadedOf;
      return loads.map(({ job, load }, i) => ({ job, answer: answerOf(load, values[i], loadMs) }));
    } finally {
      nesting.end(running);
    }
  }

  /** Returns whether the origin would refuse a load of the caller now. A nested load gets the permit that its caller suspends. */
  wouldRefuse(origin: string): boolean {
    return this.limiterOf(origin).isFull && !this.nesting.isNested;
  }

  limiterOf(name: string): OriginLimiter {
    const { limiters } = this.#options;
    const limiter = limiters.get(name);
    if (!limiter)
      throw new InvalidArgument(
        'policy.origin',
        `one of ${[...limiters.keys()].join(', ')}`,
        name,
        'name it in CacheOptions.origins',
      );
    return limiter;
  }
}

function answerOrError(load: LoadCall, value: unknown, loadMs: number): Answered {
  if (value instanceof Error) return { error: value };
  try {
    return loadedOf(load, value, loadMs);
  } catch (error) {
    return { error };
  }
}

/** Encodes the value immediately, so that the load can change the object later without an effect on the answer. */
function loadedOf(load: LoadCall, value: unknown, loadMs: number): Loaded {
  const metadata = load.end();
  const { key, stale } = load;
  if (isNotModified(value)) {
    // The stored answer comes from this load, or from one that the caller gave the same key.
    if (!stale) throw new InvalidArgument(`the load of ${key}`, 'a value', 'notModified() of another key');
    return { ...metadata, ...renewed(stale, metadata), isNegative: isNullBody(stale.body), loadMs, revalidated: true };
  }
  const body = toBody(key, value);
  const isNegative = value === null || value === undefined;
  return { ...metadata, body, isNegative, loadMs, revalidated: false };
}

/** Returns the stale answer as a loaded one. Its tags and scope are those of both the stale answer and the load. */
function renewed(stale: CachedEntry, metadata: LoadMetadata): Pick<Loaded, 'body' | 'tags' | 'scope'> {
  const { body } = stale;
  const tags = [...new Set([...stale.tags, ...metadata.tags])];
  return { body, tags, scope: union(stale.scope, metadata.scope) };
}
