import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import type { CacheKey } from '../key.ts';
import type { Follower } from '../log/follower.ts';
import type { Outcome } from '../outcome.ts';
import type { ResolvedPolicy } from '../policy.ts';
import { type SelectorToken, tokensOfKey } from '../selector.ts';
import type { Kept } from '../tiers/memory-tier.ts';
import type { Filler } from './filler.ts';
import type { Flight, Flights } from './flight.ts';
import type { Load, Loader } from './load.ts';
import type { Lookup } from './lookup.ts';

export interface ReadRequest {
  readonly key: CacheKey;
  readonly load: Load;
  readonly policy: ResolvedPolicy;
}

export interface Answer {
  readonly kept: Kept;
  readonly outcome: Outcome;
}

export interface ReaderOptions {
  readonly follower: Follower;
  readonly lookup: Lookup;
  readonly flights: Flights;
  readonly filler: Filler;
  readonly loader: Loader;
  readonly clock: Clock;
  readonly background: Background;
  readonly blindFreshMs: number;
}

const JOIN_TRIES = 3;

/** The read path: memory, a load under way, the shared tier, a load. */
export class Reader {
  readonly #options: ReaderOptions;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** Null when it can't be told without waiting: the fast path of `read`. */
  hit(key: CacheKey): Answer | null {
    const { follower, lookup } = this.#options;
    if (!follower.isCurrent) return null;
    const kept = lookup.inMemory(key, true);
    return kept && lookup.isFresh(kept) ? this.#answer('hit', kept, { tier: 'memory', verified: true }) : null;
  }

  async read(request: ReadRequest): Promise<Answer> {
    const { follower } = this.#options;
    const verified = follower.isCurrent || (await follower.catchUp());
    const tokens = tokensOfKey(request.key);
    for (let tries = 0; ; tries++) {
      const answer = await this.#tryRead(request, tokens, { verified, mayJoin: tries < JOIN_TRIES });
      if (answer) return answer;
    }
  }

  /** Asks the origin whatever is cached, within its budget, and keeps nothing. */
  async bypass({ key, load, policy }: ReadRequest): Promise<Answer> {
    const { follower, loader, clock } = this.#options;
    const stamp = follower.stamp;
    const verified = follower.isCurrent;
    const { body, etag, tags, loadMs } = await loader.run(key, load, policy.loadTimeoutMs);
    const now = clock.now();
    const entry = { ...stamp, body, etag, tags, loadMs, loadedAt: now, freshUntil: now, staleUntil: now };
    return this.#answer('bypass', { entry, tokens: [], loadBeganAt: null }, { tier: null, verified });
  }

  /** Null when the load that was joined turned out to be outdated for this reader; its own never is. */
  async #tryRead(
    request: ReadRequest,
    tokens: readonly SelectorToken[],
    how: { verified: boolean; mayJoin: boolean },
  ): Promise<Answer | null> {
    const { follower, lookup } = this.#options;
    const { verified } = how;
    const { key } = request;
    const arrived = follower.stamp;
    let kept = lookup.inMemory(key, verified);
    let tier: 'memory' | 'redis' = 'memory';
    if (kept && (!verified || lookup.isFresh(kept))) return this.#answer('hit', kept, { tier, verified });

    let flight = this.#joinable(key, tokens, how);
    if (!flight && verified) {
      const shared = await lookup.inShared(key);
      if (shared && lookup.isFresh(shared)) return this.#answer('hit', shared, { tier: 'redis', verified });
      if (shared) [kept, tier] = [shared, 'redis'];
      flight = this.#joinable(key, tokens, how);
    }
    const joined = flight !== undefined;
    flight ??= this.#takeOff(request, tokens, verified);
    if (kept && verified && lookup.isUsableStale(kept) && lookup.isServable(kept.entry, kept.tokens)) {
      if (!joined) this.#options.background.run('revalidate', () => flight.landing);
      return this.#answer('stale', kept, { tier, verified });
    }
    return this.#land(flight, arrived, verified, joined);
  }

  #joinable(
    key: CacheKey,
    tokens: readonly SelectorToken[],
    { verified, mayJoin }: { verified: boolean; mayJoin: boolean },
  ): Flight | undefined {
    const { flights, clock, blindFreshMs } = this.#options;
    if (!mayJoin) return undefined;
    const flight = flights.joinable(key, tokens);
    // Out of the log's reach, a load that began too long ago may already be outdated.
    return flight && (verified || clock.monotonic() - flight.beganAt <= blindFreshMs) ? flight : undefined;
  }

  #takeOff({ key, load, policy }: ReadRequest, tokens: readonly SelectorToken[], verified: boolean): Flight {
    const { flights, filler, lookup, clock } = this.#options;
    return flights.begin(key, clock.monotonic(), (flight) =>
      filler.fill(flight, { key, tokens, load, policy, verified, isEnough: (found) => lookup.isFresh(found) }),
    );
  }

  async #land(flight: Flight, arrived: Flight['stamp'], verified: boolean, joined: boolean): Promise<Answer | null> {
    const landing = await flight.landing;
    if (!this.#options.flights.mayAnswer(flight, landing, arrived)) return null;
    if (landing.fetched) return this.#answer('hit', landing.kept, { tier: 'redis', verified, collapsed: joined });
    return this.#answer('miss', landing.kept, { tier: null, verified, collapsed: joined, stored: landing.stored });
  }

  #answer(
    outcome: Outcome['outcome'],
    kept: Kept,
    how: { tier: Outcome['tier']; verified: boolean; collapsed?: boolean; stored?: boolean },
  ): Answer {
    const now = this.#options.clock.now();
    const { entry } = kept;
    return {
      kept,
      outcome: {
        outcome,
        tier: how.tier,
        collapsed: how.collapsed ?? false,
        ageMs: Math.max(0, now - entry.loadedAt),
        ttlMs: entry.freshUntil - now,
        verified: how.verified,
        stored: how.stored ?? false,
        loadMs: entry.loadMs,
      },
    };
  }
}
