import type { ReadOutcome } from '@pilotlight/client';
import { seconds } from '../../format/format.ts';

/** Returns where an answer came from, for people; empty for a route that is not cached, whose outcome is null. */
export function servedText(outcome: ReadOutcome | null): string {
  if (outcome === null) return '';
  const parts: string[] = [];
  if (outcome.tier !== null && outcome.outcome !== 'miss') parts.push(`from ${outcome.tier}`);
  if (outcome.collapsed) parts.push('by the load of another read');
  if (outcome.outcome === 'hit' || outcome.outcome === 'stale')
    parts.push(`computed ${seconds((outcome.ageS ?? 0) * 1_000)} ago`);
  if (!outcome.verified) parts.push('unverified');
  return parts.join(', ');
}
