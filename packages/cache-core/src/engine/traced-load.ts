import type { Clock } from '../model/clock.ts';
import type { LoadTrace } from '../model/diagnostics.ts';
import { type CacheKey, prefixOf } from '../model/key.ts';
import type { InFlightLoad } from './in-flight-loads.ts';

/** A key of the call, with its in-flight load; null if no reader may join the load. */
interface TracedKey {
  readonly key: CacheKey;
  readonly inFlight: InFlightLoad | null;
}

/** The trace of one call, from its wait for a permit to its end. */
export class TracedLoad {
  readonly trace: LoadTrace;
  readonly #clock: Clock;
  readonly #first: TracedKey | undefined;
  readonly #askedAt: number;
  #beganAt: number | null = null;

  constructor(cache: string, origin: string, jobs: readonly TracedKey[], clock: Clock) {
    const keys = jobs.map(({ key }) => key);
    const [first] = keys;
    const prefix = first === undefined ? null : prefixOf(first);
    this.trace = { cache, keys, prefix, origin, stamp: null, waitedMs: null, loadMs: null };
    this.#first = jobs[0];
    this.#clock = clock;
    this.#askedAt = clock.monotonic();
  }

  /** Call when the jobs have their stamp. A load that stores nothing shows none. */
  began(): void {
    this.#beganAt = this.#clock.monotonic();
    this.trace.waitedMs = this.#beganAt - this.#askedAt;
    this.trace.stamp = this.#first?.inFlight?.stamp ?? null;
  }

  ended(): void {
    if (this.#beganAt !== null) this.trace.loadMs = this.#clock.monotonic() - this.#beganAt;
  }
}
