import type { Answer } from '../answer.ts';
import type { Background } from '../background.ts';
import type { Clock, Instant } from '../clock.ts';
import type { Stamp } from '../entry.ts';
import { LoadCycle } from '../errors.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { CacheLogger } from '../logger.ts';
import { type Outcome, outcomeOf, type ReadFacts, type Reason } from '../outcome.ts';
import type { ResolvedPolicy } from '../policy.ts';
import { Kept } from '../tiers/kept.ts';
import type { Backoff } from './backoff.ts';
import type { Filler } from './filler.ts';
import type { Flight, Flights } from './flight.ts';
import type { Ask, Loader } from './load.ts';
import { isKept, type Lookup, type Missing } from './lookup.ts';

export interface ReadRequest {
  readonly key: CacheKey;
  readonly ask: Ask;
  readonly policy: ResolvedPolicy;
  /** Called when neither this read nor a load begun for it asks the origin, or not for now. May be called more than once. */
  readonly onNoAsk?: () => void;
}

export interface ReaderOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly flights: Flights;
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

/** What a read knew as it came, and what it has found. */
interface Reading {
  readonly request: ReadRequest;
  readonly arrived: Stamp;
  readonly verified: boolean;
  readonly mayJoin: boolean;
  /** Whether the shared tier was asked and gave no answer. */
  isSharedAway: boolean;
}

interface Found {
  readonly kept: Kept;
  readonly tier: 'memory' | 'redis';
}

const JOIN_TRIES = 3;
/** No random number that JavaScript draws has a larger negative logarithm (2^-53): further from its end, none is drawn. */
const MOST_EARLINESS = 37;

/** The read path: memory, a load under way, the shared tier, a load. */
export class Reader {
  readonly #options: ReaderOptions;
  /** Requests of a batch that a load was begun for. */
  readonly #loading = new WeakSet<ReadRequest>();

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** The fresh entry in memory; null when it can't be told without waiting. The fast path of `read`. */
  hit(key: CacheKey, at: Instant): Kept | null {
    return this.#options.lookup.freshInMemory(key, at);
  }

  /** Whether this read is the one that reloads a hit ahead of its end. The less is left, the likelier: see `Policy.earlyRefresh`. */
  isRefreshDue({ entry }: Kept, earlyRefresh: number, now: number): boolean {
    const gapMs = entry.loadMs * earlyRefresh;
    const ttlMs = entry.freshUntil - now;
    return ttlMs < gapMs * MOST_EARLINESS && ttlMs <= -gapMs * Math.log(this.#options.random());
  }

  /** Reloads in the background what is still fresh, unless another process does or has. */
  refresh(request: ReadRequest, before: Kept): void {
    const { key } = request;
    const { flights, loader, lookup, backoff, background } = this.#options;
    if (flights.joinable(key) || backoff.isBackingOff(key)) return;
    const isEnough = (found: Kept) => found.entry.loadedAt > before.entry.loadedAt && lookup.isFresh(found);
    const flight = loader.nesting.outside(() =>
      this.#takeOff({ request, verified: true, isSharedAway: false }, before, isEnough),
    );
    background.run('revalidate', () => flight.landing);
  }

  /** Invariant: however a read ends, its batch learns of it: here, or as the load ends that was begun for it. */
  read(request: ReadRequest): Promise<Answer> {
    const { onNoAsk } = request;
    const reading = this.#read(request);
    if (!onNoAsk) return reading;
    return reading.finally(() => {
      if (!this.#loading.has(request)) onNoAsk();
    });
  }

  async #read(request: ReadRequest): Promise<Answer> {
    const { follower } = this.#options;
    const verified = follower.isCurrent || (await follower.catchUp());
    for (let tries = 0; ; tries++) {
      const answer = await this.#tryRead({
        request,
        arrived: follower.stamp,
        verified,
        mayJoin: tries < JOIN_TRIES,
        isSharedAway: false,
      });
      if (answer) return answer;
    }
  }

  /** Asks the origin whatever is cached, within its budget, and keeps nothing. */
  async bypass({ key, ask }: ReadRequest): Promise<Answer> {
    const { follower, clock } = this.#options;
    const stamp = follower.stamp;
    const verified = follower.isCurrent;
    const loaded = await ask(() => ({ stamp: null, before: null, flight: null }));
    const now = clock.now();
    const times = { loadedAt: now - loaded.loadMs, freshUntil: now, revalidateUntil: now, staleUntil: now };
    const { body, etag, tags, scope, loadMs } = loaded;
    const kept = new Kept(key, { ...stamp, ...times, body, etag, tags, scope, loadMs }, null);
    return this.#answer('bypass', kept, { tier: null, verified });
  }

  /** Null when the load that was joined turned out to be outdated for this reader; its own never is. */
  async #tryRead(reading: Reading): Promise<Answer | null> {
    const { lookup } = this.#options;
    const { request, verified } = reading;
    const { key } = request;
    let found = lookup.inMemory(key, verified);
    let tier: Found['tier'] = 'memory';
    if (isKept(found) && (!verified || lookup.isFresh(found))) return this.#hit(reading, { kept: found, tier });

    if (verified && !this.#joinable(reading)) {
      const shared = await lookup.inShared(key);
      if (isKept(shared) && lookup.isFresh(shared)) return this.#hit(reading, { kept: shared, tier: 'redis' });
      if (isKept(shared)) [found, tier] = [shared, 'redis'];
      else if (shared === 'unreachable') reading.isSharedAway = true;
      else if (found === 'absent') found = shared;
    }
    if (!isKept(found)) return this.#loaded(reading, found, null);
    if (verified && this.#isUsableStale(found)) return this.#stale(reading, { kept: found, tier });
    return this.#loaded(reading, lookup.isServable(found) ? 'expired' : 'outdated', null);
  }

  #hit({ request, verified }: Reading, { kept, tier }: Found): Answer {
    if (verified && this.isRefreshDue(kept, request.policy.earlyRefresh, this.#options.clock.now())) {
      this.refresh(request, kept);
      return this.#answer('hit', kept, { tier, verified, reason: 'early-refresh' });
    }
    return this.#answer('hit', kept, { tier, verified });
  }

  /** Invariant: stale answers are what time has outdated, never what an invalidation has; and nothing outlives `staleUntil`. */
  #isUsableStale(kept: Kept): boolean {
    const { lookup } = this.#options;
    return lookup.isServable(kept) && lookup.isAlive(kept);
  }

  async #stale(reading: Reading, stale: Found): Promise<Answer | null> {
    const { backoff, loader, lookup, background, clock, logger } = this.#options;
    const { key, policy } = reading.request;
    const answer = (reason: Reason) => this.#answer('stale', stale.kept, { tier: stale.tier, verified: true, reason });
    const joined = this.#joinable(reading);
    if (!joined && backoff.isBackingOff(key)) return answer('backing-off');
    if (lookup.mayRevalidate(stale.kept)) {
      if (!joined) {
        const flight = loader.nesting.outside(() => this.#takeOff(reading, stale.kept));
        background.run('revalidate', () => flight.landing);
      }
      return answer('revalidating');
    }
    const loaded = this.#loaded(reading, 'expired', stale.kept).catch((error: unknown) => {
      if (!this.#isUsableStale(stale.kept)) throw error;
      logger.warn(`loading ${key} failed, its stale answer is served: ${String(error)}`);
      return answer('load-failed');
    });
    if (policy.softTimeoutMs === null) return loaded;
    const landed = new AbortController();
    const slow = clock.sleep(policy.softTimeoutMs, landed.signal);
    const first = await Promise.race([loaded, slow]).finally(() => landed.abort());
    if (first !== undefined) return first;
    if (!this.#isUsableStale(stale.kept)) return loaded;
    background.run('revalidate', () => loaded);
    return answer('load-slow');
  }

  /** The answer of the load under way, or of a new one. */
  async #loaded(reading: Reading, missing: Missing, before: Kept | null): Promise<Answer | null> {
    const { loader, flights } = this.#options;
    const { verified, arrived, request } = reading;
    const joined = this.#joinable(reading);
    if (loader.nesting.isInside(request.key)) throw new LoadCycle(request.key);
    if (joined) request.onNoAsk?.();
    const flight = joined ?? this.#takeOff(reading, before);
    const landing = await loader.nesting.waiting(request.key, flight);
    if (!flights.mayAnswer(flight, landing, arrived)) return null;
    // Out of the log's reach, what another process loaded may be of any age.
    if (!verified && landing.fetched) return null;
    const how = { verified, collapsed: joined !== undefined };
    if (landing.fetched) return this.#answer('hit', landing.kept, { ...how, tier: 'redis' });
    return this.#answer('miss', landing.kept, { ...how, tier: null, stored: landing.stored, reason: missing });
  }

  #joinable({ request, verified, mayJoin }: Reading): Flight | undefined {
    const { flights, clock, maxAgeWhenDisconnectedMs } = this.#options;
    if (!mayJoin) return undefined;
    const flight = flights.joinable(request.key);
    // Out of the log's reach, a load that began too long ago may already be outdated.
    return flight && (verified || clock.monotonic() - flight.beganAt <= maxAgeWhenDisconnectedMs) ? flight : undefined;
  }

  #takeOff(
    { request, verified, isSharedAway }: Pick<Reading, 'request' | 'verified' | 'isSharedAway'>,
    before: Kept | null,
    isEnough: (found: Kept) => boolean = (found) => this.#options.lookup.isFresh(found),
  ): Flight {
    const { flights, filler, clock } = this.#options;
    const { key, ask, policy, onNoAsk } = request;
    if (onNoAsk) this.#loading.add(request);
    const onWait = onNoAsk && { onWait: onNoAsk };
    return flights.begin(key, clock.monotonic(), (flight) =>
      filler
        .fill(flight, { key, ask, policy, before, verified, isEnough, isSharedAway, ...onWait })
        .finally(() => onNoAsk?.()),
    );
  }

  #answer(outcome: Outcome['outcome'], kept: Kept, facts: ReadFacts): Answer {
    const { clock, follower } = this.#options;
    const verified = facts.verified && follower.isTrusted;
    return { kept, outcome: outcomeOf(outcome, kept.entry, clock.now(), { ...facts, verified }) };
  }
}
