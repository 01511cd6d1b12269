import type { Follower } from '../log/follower.ts';
import { hasApplied, reachesPosition } from '../log/reaches-position.ts';
import type { Answer } from '../model/answer.ts';
import type { Background } from '../model/background.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import { type Clock, resultWithin } from '../model/clock.ts';
import { LoadCycle } from '../model/errors.ts';
import type { CacheLogger } from '../model/logger.ts';
import { type Outcome, outcomeOf, type ReadFacts, type Reason } from '../model/outcome.ts';
import { MAX_EARLINESS } from '../model/policy.ts';
import type { Backoff } from './backoff.ts';
import { decide, type Found, joinableBy, type LastStep, type LoadCause } from './decide.ts';
import type { Filler } from './filler.ts';
import type { InFlightLoad, InFlightLoads } from './in-flight-loads.ts';
import type { Loader } from './load.ts';
import type { Lookup } from './lookup.ts';
import type { Reading, ReadRequest } from './read-request.ts';

export interface ReaderOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly inFlight: InFlightLoads;
  readonly filler: Filler;
  readonly loader: Loader;
  readonly backoff: Backoff;
  readonly clock: Clock;
  readonly background: Background;
  readonly maxAgeWhenDisconnectedMs: number;
  readonly logger: CacheLogger;
  /** 0 to 1, for early refresh. */
  readonly random: () => number;
}

const JOIN_TRIES = 3;

/** The read path: memory, a load in progress, the shared tier, a load. `decide` chooses each step. */
export class Reader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Returns the answer of a key. Rejects with the error of the load. */
  async read(request: ReadRequest): Promise<Answer> {
    const { follower, inFlight } = this.#options;
    const { minPosition } = request;
    const { latest } = inFlight;
    if (minPosition) await reachesPosition(follower, minPosition);
    const verified = follower.isCurrent || (await follower.catchUp());
    for (let tries = 0; ; tries++) {
      const answer = await this.#tryRead({
        request,
        arrived: follower.stamp,
        verified,
        mayJoin: tries < JOIN_TRIES,
        loadAfter: minPosition && !hasApplied(follower, minPosition) ? latest : null,
        shared: tries === 0 ? request.shared : undefined,
        isSharedUnreachable: false,
        lookedAt: null,
        hops: [],
        started: null,
      });
      if (answer) return answer;
    }
  }

  /** Loads within the limits of the origin, whether the key is cached or not, and stores nothing. */
  async bypass({ key, source }: ReadRequest): Promise<Answer> {
    const { follower, filler } = this.#options;
    const verified = follower.isCurrent;
    const { cached, hops = [] } = await filler.bypass(key, source);
    return this.#answer('bypass', cached, { tier: null, verified, hops });
  }

  /**
   * Makes one attempt of a read. Returns null if it joined a load whose result is stale for this reader.
   *
   * Invariant: `onLoadSkipped` is called however a read ends: at the end of this method, or after the load that the read started.
   */
  async #tryRead(reading: Reading): Promise<Answer | null> {
    const { lookup, backoff, clock } = this.#options;
    const { request, verified } = reading;
    const { key, onLoadSkipped } = request;
    const state = {
      verified,
      isBehind: reading.loadAfter !== null,
      lookup,
      canJoin: () => this.#joinable(reading) !== undefined,
      isBackingOff: () => backoff.isBackingOff(key),
    };
    let answer: Answer | Promise<Answer | null>;
    try {
      const memory = lookup.inMemory(key, verified);
      let step = decide({ memory, shared: null }, state);
      while (step.do === 'ask the shared tier') {
        const askedAt = clock.monotonic();
        const { found, beganAt } = reading.shared ?? lookup.find(key, askedAt);
        reading.lookedAt = beganAt;
        const shared = lookup.stillServable(found instanceof Promise ? await found : found);
        reading.hops.push({ name: 'lookup', ms: reading.shared?.ms ?? clock.monotonic() - askedAt });
        reading.isSharedUnreachable = shared === 'unreachable';
        step = decide({ memory, shared }, state);
      }
      answer = this.#take(reading, step); // starts the load, if any, before it returns
    } finally {
      if (onLoadSkipped) void Promise.resolve(reading.started?.result).then(onLoadSkipped, onLoadSkipped);
    }
    return answer;
  }

  #take(reading: Reading, step: LastStep): Answer | Promise<Answer | null> {
    if (step.do === 'hit') return this.#hit(reading, step);
    if (step.do === 'stale') return this.#stale(reading, step.found, step.reason);
    return step.stale ? this.#loadedOrStale(reading, step.stale) : this.#loaded(reading, step.missing, null);
  }

  #hit(reading: Reading, { cached, tier }: Found): Answer {
    const { request, verified, hops } = reading;
    if (verified && this.isRefreshDue(cached, request.policy.earlyRefresh, this.#options.clock.now())) {
      reading.started = this.refresh(request, cached);
      return this.#answer('hit', cached, { tier, verified, hops, reason: 'early-refresh' });
    }
    return this.#answer('hit', cached, { tier, verified, hops });
  }

  /** Returns whether this read reloads its hit early. The probability rises towards the end: see `Policy.earlyRefresh`. */
  isRefreshDue({ loadMs, freshUntil }: CachedEntry, earlyRefresh: number, now: number): boolean {
    const gapMs = loadMs * earlyRefresh;
    const ttlMs = freshUntil - now;
    return ttlMs < gapMs * MAX_EARLINESS && ttlMs <= -gapMs * Math.log(this.#options.random());
  }

  /**
   * Reloads a fresh entry in the background, unless another process is reloading it or has reloaded it. Returns the load, or null if
   * it started none.
   */
  refresh(request: ReadRequest, before: CachedEntry): InFlightLoad | null {
    const { key } = request;
    const { inFlight, loader, lookup, backoff, background } = this.#options;
    if (inFlight.joinable(key) || backoff.isBackingOff(key)) return null;
    const isEnough = (found: CachedEntry) => found.loadedAt > before.loadedAt && lookup.isFresh(found);
    const load = loader.nesting.outside(() =>
      this.#startLoad(
        { request, verified: true, isSharedUnreachable: false, lookedAt: null, loadAfter: null, started: null },
        before,
        isEnough,
      ),
    );
    background.run('revalidate', () => load.result);
    return load;
  }

  #stale(reading: Reading, { cached, tier }: Found, reason: Reason): Answer {
    const { loader, background } = this.#options;
    if (reason === 'revalidating' && !this.#joinable(reading)) {
      const load = loader.nesting.outside(() => this.#startLoad(reading, cached));
      background.run('revalidate', () => load.result);
    }
    return this.#answer('stale', cached, { tier, verified: true, reason, hops: reading.hops });
  }

  /** Returns the loaded answer, or the stale entry if the load fails or takes longer than the soft timeout. */
  async #loadedOrStale(reading: Reading, stale: Found): Promise<Answer | null> {
    const { background, clock, logger } = this.#options;
    const { key, policy } = reading.request;
    const loaded = this.#loaded(reading, 'expired', stale.cached).catch((error: unknown) => {
      if (!this.#isUsableStale(stale.cached)) throw error;
      logger.warn(`loading ${key} failed, its stale answer is served: ${String(error)}`);
      return this.#stale(reading, stale, 'load-failed');
    });
    if (policy.softTimeoutMs === null) return loaded;
    const inTime = await resultWithin(loaded, policy.softTimeoutMs, clock);
    if (inTime !== undefined) return inTime;
    if (!this.#isUsableStale(stale.cached)) return loaded;
    background.run('revalidate', () => loaded);
    return this.#stale(reading, stale, 'load-slow');
  }

  /** Checks the invariant of `decide` again: during the load an invalidation may have hit the entry, or its time may have ended. */
  #isUsableStale(cached: CachedEntry): boolean {
    const { lookup } = this.#options;
    return lookup.isServable(cached) && lookup.isAlive(cached);
  }

  /** Returns the answer of the load in progress, or of a new one. Returns null as `#tryRead` does. */
  async #loaded(reading: Reading, missing: LoadCause, before: CachedEntry | null): Promise<Answer | null> {
    const { loader, inFlight, clock } = this.#options;
    const { verified, arrived, request } = reading;
    const joined = this.#joinable(reading);
    if (loader.nesting.isInside(request.key)) throw new LoadCycle(request.key);
    const load = joined ?? this.#startLoad(reading, before);
    const askedAt = clock.monotonic();
    const result = await loader.nesting.waiting(request.key, load);
    if (joined) reading.hops.push({ name: 'wait', ms: clock.monotonic() - askedAt });
    else reading.hops.push(...(result.hops ?? []));
    if (!inFlight.mayAnswer(load, result, arrived)) return null;
    // With the log unreachable, an entry that another process loaded may be of any age.
    if (!verified && result.fetched) return null;
    const facts = { verified, collapsed: joined !== undefined, hops: reading.hops };
    if (result.fetched) return this.#answer('hit', result.cached, { ...facts, tier: 'redis' });
    const { stored, revalidated = false } = result;
    return this.#answer('miss', result.cached, { ...facts, tier: null, stored, revalidated, reason: missing });
  }

  /** Invariant: a read that needs a position that this process has not applied joins only loads that began after it. */
  #joinable({ request, verified, mayJoin, loadAfter }: Reading): InFlightLoad | undefined {
    if (!mayJoin) return undefined;
    const load = joinableBy(request.key, verified, this.#options);
    return load && (loadAfter === null || (load.asksOrigin && load.number > loadAfter)) ? load : undefined;
  }

  #startLoad(
    reading: Pick<Reading, 'request' | 'verified' | 'isSharedUnreachable' | 'lookedAt' | 'loadAfter' | 'started'>,
    before: CachedEntry | null,
    isEnough: (found: CachedEntry) => boolean = (found) => this.#options.lookup.isFresh(found),
  ): InFlightLoad {
    const { inFlight, filler, clock } = this.#options;
    const { verified, isSharedUnreachable, lookedAt, loadAfter } = reading;
    const { key, source, policy, onLoadSkipped: onWait } = reading.request;
    const asksOrigin = loadAfter !== null;
    const run = (load: InFlightLoad) =>
      filler.fill(load, {
        key,
        source,
        policy,
        before,
        verified,
        isEnough,
        isSharedUnreachable,
        lookedAt,
        ...(onWait && { onWait }),
      });
    reading.started = inFlight.start(key, clock.monotonic(), run, asksOrigin);
    return reading.started;
  }

  #answer(outcome: Outcome['outcome'], cached: CachedEntry, facts: ReadFacts): Answer {
    const { clock, follower } = this.#options;
    const verified = facts.verified && follower.isTrusted;
    return { cached, outcome: outcomeOf(outcome, cached, clock.now(), { ...facts, verified }) };
  }
}
