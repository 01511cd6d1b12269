import { BoundedNames } from '../model/bounded-names.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import { getOrAdd } from '../model/get-or-add.ts';
import type { LearnedStats } from '../model/learned-stats.ts';
import type { Outcome } from '../model/outcome.ts';
import type { CounterDelta, CounterStore } from '../ports/counter-store.ts';
import { type FreshnessStats, freshnessOf } from './audit-counts.ts';
import { latencyClass, type Percentiles, percentiles } from './latency-classes.ts';

/** The number of prefixes that a process counts separately. Keys that callers write as text may all have different prefixes. */
const MAX_PREFIXES = 100;
/** The name under which keys of one segment are counted. */
export const NO_PREFIX = '(none)';
/** The maximum number of entries with hits that are in no count yet: adding them up takes 1 ms at most. */
const MAX_HIT_ENTRIES = 10_000;
/** The maximum bytes of their bodies: such an entry stays in memory although its tier has evicted it. */
const MAX_HIT_BYTES = 16 * 1_024 * 1_024;

/** Counts of one prefix. `latency_ms` is exact to 25 %; `load_ms_saved` sums the load times of the answers that a tier served. */
export interface ReadStats {
  hits: number;
  stale: number;
  misses: number;
  bypasses: number;
  /** Reads that got no answer; they are in no other count. */
  failures: number;
  collapsed: number;
  unverified: number;
  hit_rate_percent: number;
  latency_ms: { hit: Percentiles | null; miss: Percentiles | null };
  load_ms_saved: number;
  bytes_served: number;
  /** Present if entries of the prefix were audited. */
  freshness?: FreshnessStats;
}

/** Counts of one prefix since the last reset, and in windows of time that end now. */
export interface PrefixStats extends ReadStats {
  /** When the first count after the last reset was added, as RFC 3339. Present with `windows`. */
  since?: string;
  /** The last 1, 15 and 60 whole minutes, and the present minute. Missing if the store keeps no minutes or is unreachable. */
  windows?: Record<WindowName, ReadStats & { seconds: number }>;
  /** Present if the prefix has learnt times. */
  learned?: LearnedStats;
}

/** A window of `getStats()`, named after its number of whole minutes. */
export type WindowName = '1m' | '15m' | '60m';

/** Counts since the last reset. */
export interface CacheStats {
  /** `this process`: the store is unreachable, so these are the counts that could not be added to it. */
  over: 'all processes' | 'this process';
  hits: number;
  misses: number;
  total_requests: number;
  /** 0 to 100, with two decimals; 0 without reads. */
  hit_rate_percent: number;
  /** The counts by prefix. `(none)` has the keys of one segment, `(other)` the prefixes beyond the first 100 of each process. */
  endpoints: Record<string, PrefixStats>;
}

/** The counts of one prefix. They are fields and lists, because every read updates them. */
class PrefixCounts {
  readonly outcomes = { hit: 0, stale: 0, miss: 0, bypass: 0 };
  /** The outcomes that the shared tier answered; they are in `outcomes`, too. */
  readonly shared = { hit: 0, stale: 0 };
  readonly hitClasses: number[] = [];
  readonly missClasses: number[] = [];
  bytes = 0;
  collapsed = 0;
  unverified = 0;
  failures = 0;
  saved = 0;

  count(
    { outcome, tier, collapsed, verified, loadMs }: Outcome,
    durationMs: number | null,
    bytes: number,
    sampleWeight: number,
  ): void {
    this.outcomes[outcome]++;
    if (tier === 'redis' && (outcome === 'hit' || outcome === 'stale')) this.shared[outcome]++;
    if (durationMs !== null) {
      const classes = outcome === 'miss' || outcome === 'bypass' ? this.missClasses : this.hitClasses;
      const index = latencyClass(durationMs);
      classes[index] = (classes[index] ?? 0) + sampleWeight;
    }
    this.bytes += bytes;
    if (collapsed) this.collapsed++;
    if (!verified) this.unverified++;
    if (tier !== null) this.saved += loadMs;
  }

  /** As `count` of each of an entry's hits in memory, without their durations. */
  hits({ bodyBytes, loadMs, uncountedHits }: CachedEntry): void {
    this.outcomes.hit += uncountedHits;
    this.bytes += uncountedHits * bodyBytes;
    this.saved += uncountedHits * loadMs;
  }

  /** Adds the duration of one hit in memory, for `sampleWeight` hits. */
  hitTook(durationMs: number, sampleWeight: number): void {
    const index = latencyClass(durationMs);
    this.hitClasses[index] = (this.hitClasses[index] ?? 0) + sampleWeight;
  }

  /** Yields the counts above zero, under the names of a delta. */
  *named(): Iterable<[string, number]> {
    const { bytes, collapsed, unverified, failures } = this;
    const shared = { 'shared.hit': this.shared.hit, 'shared.stale': this.shared.stale };
    const plain = {
      ...this.outcomes,
      ...shared,
      bytes,
      collapsed,
      unverified,
      failures,
      saved: Math.round(this.saved),
    };
    for (const [name, n] of Object.entries(plain)) if (n > 0) yield [name, n];
    for (const [index, n] of this.hitClasses.entries()) if (n) yield [`hit@${index}`, n];
    for (const [index, n] of this.missClasses.entries()) if (n) yield [`miss@${index}`, n];
  }
}

/** Counts the outcomes of reads in this process, and adds them to the sum over all processes from time to time. */
export class ReadCounters {
  /** Kept for the life of the process, because the store of all processes never forgets a name. */
  readonly #names = new BoundedNames(MAX_PREFIXES);
  #prefixes = new Map<string, PrefixCounts>();
  /** The counts since the start of the process, without those in `#prefixes`. A reset does not change them. */
  readonly #sinceStart = new Map<string, number>();
  /** Counts that could not be added to the store yet. */
  #unsent = new Map<string, number>();
  /** The entries with `uncountedHits`. */
  #hitEntries: CachedEntry[] = [];
  /** The bytes of their bodies. */
  #hitBytes = 0;

  /** @param durationMs null if the read was not timed; else it counts for `sampleWeight` reads, itself included */
  count(prefix: string, outcome: Outcome, durationMs: number | null, bytes: number, sampleWeight = 1): void {
    this.#countsOf(prefix).count(outcome, durationMs, bytes, sampleWeight);
  }

  /** Counts a read without an answer. */
  countFailure(prefix: string): void {
    this.#countsOf(prefix).failures++;
  }

  /**
   * Counts a hit in memory. The entry holds the number until the next look at the counts: this touches nothing that the hit has not
   * read, where the counts of the prefix, the body and the load time would be four more objects.
   */
  countHit(entry: CachedEntry): void {
    if (entry.uncountedHits++ === 0) this.#noteHit(entry);
  }

  /** Adds the duration of a hit, for `sampleWeight` hits. */
  countHitTime({ prefix }: CachedEntry, durationMs: number, sampleWeight: number): void {
    this.#countsOf(prefix ?? NO_PREFIX).hitTook(durationMs, sampleWeight);
  }

  #noteHit(entry: CachedEntry): void {
    this.#hitEntries.push(entry);
    this.#hitBytes += entry.bodyBytes;
    if (this.#hitEntries.length === MAX_HIT_ENTRIES || this.#hitBytes > MAX_HIT_BYTES) this.#addHits();
  }

  /** Moves the hits that entries hold to the counts of their prefixes. */
  #addHits(): void {
    for (const entry of this.#hitEntries) {
      this.#countsOf(entry.prefix ?? NO_PREFIX).hits(entry);
      entry.uncountedHits = 0;
    }
    this.#hitEntries = [];
    this.#hitBytes = 0;
  }

  #countsOf(prefix: string): PrefixCounts {
    return this.#prefixes.get(prefix) ?? getOrAdd(this.#prefixes, this.#names.of(prefix), () => new PrefixCounts());
  }

  get isEmpty(): boolean {
    return this.#prefixes.size === 0 && this.#unsent.size === 0 && this.#hitEntries.length === 0;
  }

  /** Adds the counts to the store. If it is unreachable they are kept for the next flush. */
  async flush(store: CounterStore): Promise<void> {
    if (this.isEmpty) return;
    const delta = this.pending();
    this.reset();
    try {
      await store.add(delta);
    } catch (error) {
      for (const [name, n] of Object.entries(delta)) this.#unsent.set(name, (this.#unsent.get(name) ?? 0) + n);
      throw error;
    }
  }

  /** Returns the counts that are not added to the store yet. */
  pending(): CounterDelta {
    const delta = new Map(this.#unsent);
    this.#addTo(delta);
    return Object.fromEntries(delta);
  }

  /** Returns the counts of this process since its start, whatever was flushed or reset. */
  sinceStart(): ReadonlyMap<string, number> {
    const sum = new Map(this.#sinceStart);
    this.#addTo(sum);
    return sum;
  }

  #addTo(sum: Map<string, number>): void {
    this.#addHits();
    for (const [prefix, counts] of this.#prefixes) {
      for (const [name, n] of counts.named()) {
        const full = `${prefix}|${name}`;
        sum.set(full, (sum.get(full) ?? 0) + n);
      }
    }
  }

  reset(): void {
    this.#addTo(this.#sinceStart);
    this.#prefixes = new Map();
    this.#unsent = new Map();
  }
}

/** Returns the sums of several deltas, by prefix. */
export function summarise(...deltas: CounterDelta[]): Omit<CacheStats, 'over'> {
  const endpoints: Record<string, PrefixStats> = readStats(deltas);
  const all = Object.values(endpoints);
  const hits = all.reduce((sum, { hits, stale }) => sum + hits + stale, 0);
  const misses = all.reduce((sum, { misses }) => sum + misses, 0);
  const hit_rate_percent = percent(hits, hits + misses);
  return { hits, misses, total_requests: hits + misses, hit_rate_percent, endpoints };
}

/** Returns the counts of each prefix that has some, sorted by prefix. */
export function readStats(deltas: readonly CounterDelta[]): Record<string, ReadStats> {
  const byPrefix = new Map<string, Map<string, number>>();
  for (const [name, n] of deltas.flatMap((delta) => Object.entries(delta))) {
    const bar = name.lastIndexOf('|');
    const counts = byPrefix.get(name.slice(0, bar)) ?? new Map<string, number>();
    byPrefix.set(name.slice(0, bar), counts.set(name.slice(bar + 1), (counts.get(name.slice(bar + 1)) ?? 0) + n));
  }
  return Object.fromEntries([...byPrefix].sort().map(([prefix, counts]) => [prefix, statsOfCounts(counts)]));
}

/** Returns the stats of one prefix from its counts. */
export function statsOfCounts(counts: ReadonlyMap<string, number>): ReadStats {
  const of = (name: string) => counts.get(name) ?? 0;
  const hits = of('hit');
  const stale = of('stale');
  const misses = of('miss');
  const freshness = freshnessOf(counts);
  return {
    hits,
    stale,
    misses,
    bypasses: of('bypass'),
    failures: of('failures'),
    collapsed: of('collapsed'),
    unverified: of('unverified'),
    hit_rate_percent: percent(hits + stale, hits + stale + misses),
    latency_ms: { hit: percentiles(counts, 'hit@'), miss: percentiles(counts, 'miss@') },
    load_ms_saved: of('saved'),
    bytes_served: of('bytes'),
    ...(freshness && { freshness }),
  };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100;
}
