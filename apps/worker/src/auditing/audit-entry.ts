import type { AuditVerdict, CacheManager, Clock, HotKey, Kept } from '@pilotlight/cache-core';
import { outdatedBy } from '@pilotlight/contracts';
import type { Origin, RecentEvent } from '@pilotlight/origin';
import { type CachedAnswer, type Comparison, compareAnswers, type Warmable } from '@pilotlight/recipes';
import { CLOCK_SKEW_MS, MOST_EVENTS } from './limits.ts';

export interface AuditEntryOptions {
  readonly cache: Pick<CacheManager, 'audits'>;
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
  return judge(kept, compared, { heldForMs, hitting: events.filter((one) => hits(cache, kept, one)) });
}

/** Of an event that this version cannot read everything is outdated in its place. */
function hits({ audits }: Pick<CacheManager, 'audits'>, kept: Kept, { event }: RecentEvent): boolean {
  return event === null || audits.isHitBy(kept, outdatedBy(event));
}

function outdatedMeanwhile(kept: Kept, compared: Comparison | null): AuditFinding {
  if (compared === 'same') return finding('agreed', { kept });
  return finding('inconclusive', { kept, why: 'it was outdated meanwhile' });
}

/** Of an entry that is served, with the events that outdate it by what they say: those that it may not know, oldest first. */
function judge(
  kept: Kept,
  compared: Comparison | null,
  { heldForMs, hitting }: { heldForMs: number; hitting: readonly RecentEvent[] },
): AuditFinding {
  const applied = hitting.filter(({ isApplied }) => isApplied);
  // Committed after the load had ended, whatever the clocks: an entry that is served in spite of it breaks the promise, even
  // if its answer is the same.
  const surely = applied.filter(({ ageMs }) => ageMs < heldForMs - kept.loadMs - CLOCK_SKEW_MS);
  if (surely.length > 0) return finding('lost', { kept, events: surely });
  if (compared === null) return finding('inconclusive', { kept, why: 'the budget was spent' });
  if (compared === 'same') return finding('agreed', { kept });
  if (compared === 'changes by itself') return finding('time-outdated', { kept });
  if (applied.length < hitting.length) return finding('inconclusive', { kept, why: 'an event is not applied yet' });
  // Committed at about the time of the load: the newest of them it knows least likely.
  if (applied.length > 0) return finding('lost', { kept, events: applied.toReversed() });
  return finding('unexplained', { kept });
}

function finding(verdict: AuditVerdict, known: Partial<AuditFinding> = {}): AuditFinding {
  return { kept: null, events: [], why: null, ...known, verdict };
}
