import { type TracingChannel, tracingChannel } from 'node:diagnostics_channel';
import type { Clock } from '../clock.ts';
import { cacheChannels, type LoadTrace } from '../diagnostics.ts';
import type { Stamp } from '../entry.ts';
import { InvalidArgument } from '../errors.ts';
import { type CacheKey, prefixOf } from '../key.ts';
import type { ResolvedPolicy } from '../policy.ts';
import { type Scope, union } from '../scope.ts';
import type { Kept } from '../tiers/kept.ts';
import { etagOf, isNothing, toBody } from '../value.ts';
import type { Flight } from './flight.ts';
import { beginCall, isNotModified, type LoadContext, type NotModified, type Said } from './load-context.ts';
import { LoadNesting } from './load-nesting.ts';
import type { Origin, Place } from './origin.ts';

/**
 * Asks the origin. Returns any JSON value; `undefined` is one.
 *
 * `Value` is inferred from what the load returns, so the context cannot name it: `context.stale.value` is `never`, which may be
 * returned and adds nothing to the inferred type. To read its members, a load annotates its parameter, which a method's type
 * allows: `(context: LoadContext<Report>) => …`.
 */
export type Load<Value = unknown> = {
  load(context: LoadContext<never>): Value | NotModified | Promise<Value | NotModified>;
}['load'];

/** What a load came to. */
export interface Loaded {
  readonly body: Buffer;
  readonly etag: string;
  readonly tags: readonly string[];
  readonly scope: Scope | null;
  readonly kind: string | null;
  /** The origin says that there is nothing. */
  readonly isNegative: boolean;
  readonly store: boolean;
  /** In place of the policy's, where the load has said so. */
  readonly freshForMs: number | null;
  readonly staleTimes: Said['staleTimes'];
  readonly loadMs: number;
}

/** What is fixed at the moment that a load really starts, after any wait for its turn. */
export interface Begun {
  /** Of what is kept of it; null: nothing is. */
  readonly stamp: Stamp | null;
  /** The last answer, if time alone has outdated it. */
  readonly before: Kept | null;
  /** The flight that the load is for; null for a bypass. */
  readonly flight: Flight | null;
}

/** How a read gets its answer from the origin. `onBegin` is called when the load really starts. */
export type Ask = (onBegin: () => Begun) => Promise<Loaded>;

interface LoadRun {
  /** Names the call in errors. */
  readonly what: string;
  readonly keys: readonly CacheKey[];
  readonly origin: string;
  readonly hardTimeoutMs: number;
  /** Called when it really starts, before the work. */
  readonly onBegin: () => readonly Begun[];
  /** Where it goes ahead; null: it waits for its turn. */
  readonly place?: Place | null;
}

/** Runs loads, each within the bounds of its origin. */
export class Loader {
  readonly #origins: ReadonlyMap<string, Origin>;
  readonly #clock: Clock;
  readonly #cache: string;
  readonly nesting = new LoadNesting();
  readonly #traced: TracingChannel<LoadTrace> = tracingChannel(cacheChannels.load);

  /** @param cache the name of the cache that loads */
  constructor(origins: ReadonlyMap<string, Origin>, clock: Clock, cache: string) {
    this.#origins = origins;
    this.#clock = clock;
    this.#cache = cache;
  }

  ask(key: CacheKey, load: Load, policy: ResolvedPolicy, place: Place | null = null): Ask {
    if (typeof load !== 'function') throw new InvalidArgument('load', 'a function', load);
    const { origin, hardTimeoutMs } = policy;
    return (begin) => {
      let before: Kept | null = null;
      const onBegin = () => {
        const begun = begin();
        before = begun.before;
        return [begun];
      };
      return this.run({ what: key, keys: [key], origin, hardTimeoutMs, onBegin, place }, async (signal) => {
        const began = this.#clock.monotonic();
        const { context, said } = beginCall(key, signal, before, () => this.#clock.now());
        // What is stored under the key is what this load, or one that the caller says is its like, returned before.
        return this.loaded(key, await load(context as LoadContext<never>), said(), before, began);
      });
    };
  }

  /** Runs one call of an origin, which loads these keys. */
  run<Result>(call: LoadRun, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    return this.#traced.hasSubscribers ? this.#runTraced(call, work) : this.#run(call, work);
  }

  #runTraced<Result>(call: LoadRun, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { keys, origin } = call;
    const [first] = keys;
    const prefix = first === undefined ? null : prefixOf(first);
    const times = { waitedMs: null, loadMs: null };
    const trace: LoadTrace = { cache: this.#cache, keys, prefix, origin, stamp: null, ...times };
    const askedAt = this.#clock.monotonic();
    let beganAt: number | null = null;
    const onBegin = () => {
      beganAt = this.#clock.monotonic();
      trace.waitedMs = beganAt - askedAt;
      const begun = call.onBegin();
      trace.stamp = begun[0]?.stamp ?? null;
      return begun;
    };
    return this.#traced.tracePromise(async () => {
      try {
        return await this.#run({ ...call, onBegin }, work);
      } finally {
        if (beganAt !== null) trace.loadMs = this.#clock.monotonic() - beganAt;
      }
    }, trace);
  }

  #run<Result>(call: LoadRun, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { what, keys, origin, hardTimeoutMs, onBegin, place } = call;
    const guard = this.originOf(origin);
    let flights: readonly Flight[] = [];
    const begin = () => {
      flights = onBegin().flatMap(({ flight }) => flight ?? []);
    };
    const nested = (signal: AbortSignal) => this.nesting.inside({ keys, origin: guard, flights }, () => work(signal));
    return (place ?? guard).run(what, hardTimeoutMs, nested, begin);
  }

  originOf(name: string): Origin {
    const origin = this.#origins.get(name);
    if (!origin)
      throw new InvalidArgument(
        'policy.origin',
        `one of ${[...this.#origins.keys()].join(', ')}`,
        name,
        'name it in CacheOptions.origins',
      );
    return origin;
  }

  /** The bytes are made at once: what the load does to its result later changes nothing. */
  loaded(key: CacheKey, value: unknown, said: Said, before: Kept | null, began: number): Loaded {
    const loadMs = this.#clock.monotonic() - began;
    if (isNotModified(value)) {
      if (!before) throw new InvalidArgument(`the load of ${key}`, 'a value', 'notModified() of another key');
      return { ...said, ...renewed(before, said), isNegative: isNothing(before.body), loadMs };
    }
    const body = toBody(key, value);
    return { ...said, body, etag: etagOf(body), isNegative: value === null || value === undefined, loadMs };
  }
}

/** The answer is the one from before, and depends on what it depended on, besides what the load said now. */
function renewed(before: Kept, said: Said): Pick<Loaded, 'body' | 'etag' | 'tags' | 'scope'> {
  const { body, etag } = before;
  return { body, etag, tags: [...new Set([...before.tags, ...said.tags])], scope: union(before.scope, said.scope) };
}
