import type { AuditVerdict, CachedEntry, CacheManager, Clock, HotKey } from '@pilotlight/cache-core';
import { invalidationsOf } from '@pilotlight/contracts';
import type { Origin, RecentEvent } from '@pilotlight/origin';
import { type CachedAnswer, type Comparison, compareAnswers, type Warmable } from '@pilotlight/recipes';
import { CLOCK_SKEW_MS, MAX_CONFIRMED_EVENTS, MAX_EVENTS } from './limits.ts';

export interface AuditEntryOptions {
  readonly cache: Pick<CacheManager, 'audits' | 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly answers: readonly CachedAnswer[];
  readonly clock: Clock;
}

export interface AuditFinding {
  readonly verdict: AuditVerdict;
  /** The entry, or null if none was found. */
  readonly cached: CachedEntry | null;
  /** For `lost`: the events whose invalidation is lost or may be lost, the likeliest first. */
  readonly events: readonly RecentEvent[];
  /** The reason of `inconclusive`. */
  readonly why: string | null;
}

/**
 * Compares the entry that readers are served under a key with the origin. The verdict is certain because of the order of the steps:
 *
 * 1. find the entry, 2. compute the origin's answer, 3. read the events, 4. check whether the entry is still served.
 *
 * Changes that step 2 sees were committed, with their events, before step 3. Such an event is either not applied yet, which is
 * inconclusive, or its receipt existed before step 4, and then step 4 must see its invalidation.
 *
 * @param compute whether the origin is asked; otherwise only the events are read
 */
export async function auditEntry(
  target: Pick<HotKey, 'recipe'> & Warmable,
  compute: boolean,
  options: AuditEntryOptions,
): Promise<AuditFinding> {
  const { cache, origin, answers, clock } = options;
  const { key, recipe, load, policy } = target;
  const cached = await cache.audits.find(key);
  if (cached === 'unreachable') return finding('inconclusive', { why: 'the shared tier is unreachable' });
  if (typeof cached === 'string') return finding('gone');
  const computed = compute ? await cache.audits.recompute(key, load, policy) : null;
  const compared = compute ? compareAnswers(recipe, cached.value(), computed, answers) : null;
  const heldForMs = Math.max(0, clock.now() - cached.loadedAt);
  const events = await origin.outbox.recent({ withinMs: heldForMs + CLOCK_SKEW_MS, limit: MAX_EVENTS });
  const isServed = await cache.audits.isStillServed(cached);
  if (isServed === null) return finding('inconclusive', { cached, why: 'the invalidation log is unreachable' });
  if (!isServed) return invalidatedMeanwhile(cached, compared);
  const hitting = events.filter((one) => hits(cache, cached, one));
  if (compared === 'different') return ofDifferent(cached, hitting);
  const unknown = await unknownTo(cached, surelyAfter(cached, heldForMs, hitting), cache);
  if (unknown.length > 0) return finding('lost', { cached, events: unknown });
  if (compared === null) return finding('inconclusive', { cached, why: 'the origin was not asked' });
  return finding(compared === 'same' ? 'agreed' : 'time-outdated', { cached });
}

/** Returns whether an event hits the entry. An event that this version cannot read invalidates everything. */
function hits({ audits }: Pick<CacheManager, 'audits'>, cached: CachedEntry, { event }: RecentEvent): boolean {
  return event === null || audits.isHitBy(cached, invalidationsOf(event));
}

function invalidatedMeanwhile(cached: CachedEntry, compared: Comparison | null): AuditFinding {
  if (compared === 'same') return finding('agreed', { cached });
  return finding('inconclusive', { cached, why: 'the entry was invalidated meanwhile' });
}

/** Returns the finding for a served entry that differs from the origin. `hitting`: the events that hit it, oldest first. */
function ofDifferent(cached: CachedEntry, hitting: readonly RecentEvent[]): AuditFinding {
  const applied = hitting.filter(({ isApplied }) => isApplied);
  if (applied.length < hitting.length)
    return finding('inconclusive', { cached, why: 'an event that hits the entry is not applied yet' });
  // All were committed at about the time of the load or later; the entry is least likely to include the newest one.
  if (applied.length > 0) return finding('lost', { cached, events: applied.toReversed() });
  return finding('unexplained', { cached });
}

/**
 * Returns the applied events that were committed after the load ended, even if clocks differ by `CLOCK_SKEW_MS`; newest first.
 */
function surelyAfter(cached: CachedEntry, heldForMs: number, hitting: readonly RecentEvent[]): RecentEvent[] {
  const loadedForMs = heldForMs - cached.loadMs - CLOCK_SKEW_MS;
  return hitting.filter(({ isApplied, ageMs }) => isApplied && ageMs < loadedForMs).toReversed();
}

/**
 * Returns the events whose invalidation is after the entry's stamp, according to the log. An append with an event's id returns the
 * position of its invalidation, and appends it if it was lost. If the position is after the stamp of an entry that is still served,
 * the invalidation was lost, even if the answers are equal. A wrong clock alone raises no alarm.
 */
async function unknownTo(
  { epoch, asOf }: CachedEntry,
  events: readonly RecentEvent[],
  cache: Pick<CacheManager, 'invalidate'>,
): Promise<RecentEvent[]> {
  const unknown: RecentEvent[] = [];
  for (const one of events.slice(0, MAX_CONFIRMED_EVENTS)) {
    if (!one.event) continue;
    const receipt = await cache.invalidate(invalidationsOf(one.event), { eventId: one.id });
    if (receipt.state === 'applied' && receipt.epoch === epoch && receipt.position > asOf) unknown.push(one);
  }
  return unknown;
}

function finding(verdict: AuditVerdict, known: Partial<AuditFinding> = {}): AuditFinding {
  return { cached: null, events: [], why: null, ...known, verdict };
}
