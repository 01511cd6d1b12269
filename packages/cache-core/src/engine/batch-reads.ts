import type { Answer } from '../model/answer.ts';
import type { CachedEntry } from '../model/cached-entry.ts';
import type { Clock, Instant } from '../model/clock.ts';
import type { CacheKey } from '../model/key.ts';
import { type Hop, outcomeOf } from '../model/outcome.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { Reporter } from '../stats/reporter.ts';
import { type BatchItem, BatchLoad, type LoadMany } from './batch-load.ts';
import type { CacheEngine } from './create-engine.ts';
import { isCachedEntry, type SharedFinding } from './lookup.ts';

export interface BatchReadsOptions {
  readonly engine: CacheEngine;
  readonly reporter: Reporter;
  readonly clock: Clock;
  /** Returns whether each read is traced, and so has to run as a read of its own. */
  readonly isTraced: () => boolean;
  /** Runs and reports one read, which has taken `beforeMs` already. */
  readonly reported: (key: CacheKey, read: () => Promise<Answer>, beforeMs: number | undefined) => Promise<Answer>;
}

/** A key that its tiers did not answer, and the result of its lookup in the shared tier, if there was one. */
interface Open<Target> {
  readonly item: BatchItem<Target>;
  readonly shared?: SharedFinding;
}

/** A fresh entry. */
interface BatchHit<Target> {
  readonly item: BatchItem<Target>;
  readonly cached: CachedEntry;
  readonly policy: ResolvedPolicy;
  /** When it was found. */
  readonly at: Instant;
  /** The lookup in the shared tier; null for an entry of memory. */
  readonly lookedUp: Hop | null;
}

/** The keys of a batch, after one lookup in each tier. */
interface Sorted<Target> {
  readonly answers: Map<CacheKey, Answer>;
  /** The entries that have to be reloaded early. */
  readonly due: { readonly item: BatchItem<Target>; readonly cached: CachedEntry }[];
  readonly open: Open<Target>[];
}

/**
 * Reads several keys: see `CacheManager.getOrLoadMany`. One lookup in each tier answers the hits, without a read of their own; each
 * other key takes the path of a single read.
 */
export class BatchReads {
  readonly #options: BatchReadsOptions;

  constructor(options: BatchReadsOptions) {
    this.#options = options;
  }

  /** Returns one answer per item, in their order. */
  async read<Target>(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    policy: ResolvedPolicy,
  ): Promise<Answer[]> {
    const answers = await this.#read(items, loadMany, policy);
    const unsound = new Set(answers.filter(({ cached }) => !cached.decodes()).map(({ cached }) => cached));
    if (unsound.size === 0) return answers;
    await Promise.all([...unsound].map((cached) => this.#options.engine.lookup.drop(cached)));
    return this.#read(items, loadMany, policy); // memory has the others
  }

  async #read<Target>(
    items: readonly BatchItem<Target>[],
    loadMany: LoadMany<Target>,
    policy: ResolvedPolicy,
  ): Promise<Answer[]> {
    const { engine, reported } = this.#options;
    const { follower, reader, loader } = engine;
    const once = [...new Map(items.map((item) => [item.key, item])).values()];
    // All reads below begin in one turn of the event loop, so that the shared tier sends their lookups together.
    if (!follower.isCurrent) await follower.catchUp();
    const { answers, due, open } = await this.#sorted(once, policy);
    const loaded = [...open, ...due].map(({ item }) => item);
    const batch = new BatchLoad(loaded, loadMany, { policy, loader });
    for (const { item, cached } of due) this.#refresh(batch, item, cached, policy);
    const reads = open.map(async ({ item, shared }) => {
      const { key } = item;
      const request = { key, source: batch.source(item), policy, shared, onLoadSkipped: () => batch.decided(key) };
      answers.set(key, await reported(key, () => reader.read(request), shared?.ms));
    });
    await Promise.all(reads);
    return items.map(({ key }) => {
      const answer = answers.get(key);
      if (!answer) throw new Error(`expected an answer for ${key}, got none`);
      return answer;
    });
  }

  /** Looks the keys up: all in memory, and those that a read would look up next in the shared tier. */
  async #sorted<Target>(items: readonly BatchItem<Target>[], policy: ResolvedPolicy): Promise<Sorted<Target>> {
    const { engine, clock, isTraced } = this.#options;
    const { lookup, follower, inFlight } = engine;
    const sorted: Sorted<Target> = { answers: new Map(), due: [], open: [] };
    if (isTraced()) {
      for (const item of items) sorted.open.push({ item });
      return sorted;
    }
    const at = { monotonic: clock.monotonic(), wall: clock.now() };
    const isCurrent = follower.isCurrentAt(at.monotonic, at.wall);
    const asked: BatchItem<Target>[] = [];
    for (const item of items) {
      const { key } = item;
      const cached = lookup.freshInMemory(key, at.monotonic, at.wall);
      if (cached?.decodes()) this.#hit(sorted, { item, cached, policy, at, lookedUp: null });
      else if (isCurrent && lookup.asksShared(key) && !inFlight.joinable(key)) asked.push(item);
      else sorted.open.push({ item });
    }
    if (asked.length === 0) return sorted;
    const keys = asked.map(({ key }) => key);
    const finding = lookup.findMany(keys, at.monotonic);
    const found = await finding.found;
    const foundAt = { monotonic: clock.monotonic(), wall: clock.now() };
    const lookedUp: Hop = { name: 'lookup', ms: foundAt.monotonic - at.monotonic };
    asked.forEach((item, i) => {
      const cached = lookup.stillServable(found[i] ?? 'absent');
      if (isCachedEntry(cached) && lookup.isFreshAt(cached, foundAt) && cached.decodes())
        this.#hit(sorted, { item, cached, policy, at: foundAt, lookedUp });
      else sorted.open.push({ item, shared: { found: cached, ms: lookedUp.ms, beganAt: finding.beganAt } });
    });
    return sorted;
  }

  /** Adds the answer of a fresh entry, and reports it. */
  #hit<Target>({ answers, due }: Sorted<Target>, { item, cached, policy, at, lookedUp }: BatchHit<Target>): void {
    const { engine, reporter } = this.#options;
    const { reader, follower } = engine;
    const isDue = reader.isRefreshDue(cached, policy.earlyRefresh, at.wall);
    if (isDue) due.push({ item, cached });
    const facts = { verified: follower.isTrusted, reason: isDue ? 'early-refresh' : null } as const;
    const answer = {
      cached,
      outcome: lookedUp
        ? outcomeOf('hit', cached, at.wall, { ...facts, tier: 'redis', hops: [lookedUp] })
        : outcomeOf('hit', cached, at.wall, { ...facts, tier: 'memory' }),
    };
    reporter.report(item.key, null, answer, lookedUp?.ms ?? 0);
    answers.set(item.key, answer);
  }

  /** Reloads an entry together with the other keys of the batch. */
  #refresh<Target>(
    batch: BatchLoad<Target>,
    item: BatchItem<Target>,
    cached: CachedEntry,
    policy: ResolvedPolicy,
  ): void {
    const { key } = item;
    const onLoadSkipped = () => batch.decided(key);
    const load = this.#options.engine.reader.refresh(
      { key, source: batch.source(item), policy, onLoadSkipped },
      cached,
    );
    void Promise.resolve(load?.result).then(onLoadSkipped, onLoadSkipped);
  }
}
