import type { AuditVerdict, CacheManager, Clock, HotKey, Kept } from '@pilotlight/cache-core';
import { outdatedBy } from '@pilotlight/contracts';
import type { Origin, RecentEvent } from '@pilotlight/origin';
import { type CachedAnswer, type Comparison, compareAnswers, type Warmable } from '@pilotlight/recipes';
import { CLOCK_SKEW_MS, MOST_CONFIRMED, MOST_EVENTS } from './limits.ts';

export interface AuditEntryOptions {
  readonly cache: Pick<CacheManager, 'audits' | 'invalidate'>;
  readonly origin: Pick<Origin, 'outbox'>;
  readonly answers: readonly CachedAnswer[];
  readonly clock: Clock;
}

export interface AuditFinding {
  readonly verdict: AuditVerdict;
  /** The entry; null: there was none. */
  readonly kept: Kept | null;
  /** Of a lost one: the event whose invalidation is lost, or which may be it, the likeliest first. */
  readonly events: readonly RecentEvent[];
  /** Of an inconclusive one. */
  readonly why: string | null;
}

/**
 * Holds what readers are served under a key against the origin. The order of the steps is what makes the verdict sure:
 *
 * 1. the entry, 2. the origin's answer, 3. the events, 4. whether the entry is still served.
 *
 * Whatever 2 shows was committed before 3, and so was its event: it is either not applied yet, which is inconclusive, or
 * its receipt was there before 4, and then 4 has to know it.
 *
 * @param compute false: only the events are asked, the origin is not
 */
export async function auditEntry(
  target: Pick<HotKey, 'recipe'> & Warmable,
  compute: boolean,
  options: AuditEntryOptions,
): Promise<AuditFinding> {
  const { cache, origin, answers, clock } = options;
  const { key, recipe, load, policy } = target;
  const kept = await cache.audits.find(key);
  if (kept === 'unreachable') return finding('inconclusive', { why: 'the shared tier is out of reach' });
  if (typeof kept === 'string') return finding('gone');
  const computed = compute ? await cache.audits.recompute(key, load, policy) : null;
  const compared = compute ? compareAnswers(recipe, kept.value(), computed, answers) : null;
  const heldForMs = Math.max(0, clock.now() - kept.loadedAt);
  const events = await origin.outbox.recent({ withinMs: heldForMs + CLOCK_SKEW_MS, limit: MOST_EVENTS });
  const isServed = await cache.audits.isStillServed(kept);
  if (isServed === null) return finding('inconclusive', { kept, why: 'the invalidation log is out of reach' });
  if (!isServed) return outdatedMeanwhile(kept, compared);
  const hitting = events.filter((one) => hits(cache, kept, one));
  if (compared === 'different') return ofDifferent(kept, hitting);
  const unknown = await unknownTo(kept, surelyAfter(kept, heldForMs, hitting), cache);
  if (unknown.length > 0) return finding('lost', { kept, events: unknown });
  if (compared === null) return finding('inconclusive', { kept, why: 'the origin was not asked' });
  return finding(compared === 'same' ? 'agreed' : 'time-outdated', { kept });
}

/** Of an event that this version cannot read everything is outdated in its place. */
function hits({ audits }: Pick<CacheManager, 'audits'>, kept: Kept, { event }: RecentEvent): boolean {
  return event === null || audits.isHitBy(kept, outdatedBy(event));
}

function outdatedMeanwhile(kept: Kept, compared: Comparison | null): AuditFinding {
  if (compared === 'same') return finding('agreed', { kept });
  return finding('inconclusive', { kept, why: 'it was outdated meanwhile' });
}

/** Of an entry that is served, and differs, with the events that outdate it by what they say; oldest first. */
function ofDifferent(kept: Kept, hitting: readonly RecentEvent[]): AuditFinding {
  const applied = hitting.filter(({ isApplied }) => isApplied);
  if (applied.length < hitting.length) return finding('inconclusive', { kept, why: 'an event is not applied yet' });
  // Committed at about the time of the load or later: the newest of them it knows least likely.
  if (applied.length > 0) return finding('lost', { kept, events: applied.toReversed() });
  return finding('unexplained', { kept });
}

/** Events that were committed after the load had ended, by clocks that may differ by so much; newest first. */
function surelyAfter(kept: Kept, heldForMs: number, hitting: readonly RecentEvent[]): RecentEvent[] {
  const loadedForMs = heldForMs - kept.loadMs - CLOCK_SKEW_MS;
  return hitting.filter(({ isApplied, ageMs }) => isApplied && ageMs < loadedForMs).toReversed();
}

/**
 * Those of the events that the entry can not know, by the log's own word: an append with an event's id answers where its
 * invalidation stands, and puts it there if it was lost. One that stands after the stamp of an entry that is served all the
 * same was lost, however equal the answers are. So a clock that is wrong raises no alarm.
 */
async function unknownTo(
  { epoch, asOf }: Kept,
  events: readonly RecentEvent[],
  cache: Pick<CacheManager, 'invalidate'>,
): Promise<RecentEvent[]> {
  const unknown: RecentEvent[] = [];
  for (const one of events.slice(0, MOST_CONFIRMED)) {
    if (!one.event) continue;
    const receipt = await cache.invalidate(outdatedBy(one.event), { eventId: one.id });
    if (receipt.state === 'applied' && receipt.epoch === epoch && receipt.position > asOf) unknown.push(one);
  }
  return unknown;
}

function finding(verdict: AuditVerdict, known: Partial<AuditFinding> = {}): AuditFinding {
  return { kept: null, events: [], why: null, ...known, verdict };
}
