import { seconds } from '../../format/format.ts';
import type { Section } from '../../live/types.ts';

export type Upcoming = Section<'upcoming'>['prefixes'][string];

/**
 * Returns what happens next to the hottest answer of an endpoint.
 *
 * @param passedMs since the sample was taken
 */
export function upcomingText(next: Upcoming, passedMs: number): string {
  if (next === null) return 'no reader in the last minutes';
  if (next.loading) return 'a process loads it now';
  if (next.fresh_for_ms === null) return 'unknown: the servers of the cache do not answer';
  const leftMs = next.fresh_for_ms - passedMs;
  if (leftMs > 0) return `refresh in ${seconds(leftMs)}, or at the next change`;
  return next.age_ms === null ? 'the next read loads it' : 'the next read refreshes it';
}

/** Returns how old the hottest answer is, or null if no process can serve it. */
export function ageText(next: Upcoming, passedMs: number): string | null {
  return next === null || next.age_ms === null ? null : seconds(next.age_ms + passedMs);
}
