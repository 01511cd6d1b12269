import type { ReadOutcome } from '@pilotlight/client';
import { seconds } from '../../format/format.ts';
import type { Tone } from '../../ui/toasts.tsx';

const TONES = { hit: 'ok', stale: 'warn', miss: 'plain', bypass: 'plain' } as const;
const WORDS = { hit: 'Hit', stale: 'Stale', miss: 'Miss', bypass: 'Bypass' } as const;

/** Returns how an answer was served, for people; `null` is the outcome of a route that is not cached. */
export function servedText(outcome: ReadOutcome | null): { word: string; tone: Tone; detail: string } {
  if (outcome === null) return { word: 'Not cached', tone: 'plain', detail: '' };
  const parts: string[] = [];
  if (outcome.tier !== null && outcome.outcome !== 'miss') parts.push(`from ${outcome.tier}`);
  if (outcome.collapsed) parts.push('by the load of another read');
  if (outcome.outcome === 'hit' || outcome.outcome === 'stale')
    parts.push(`computed ${seconds((outcome.ageS ?? 0) * 1_000)} ago`);
  if (!outcome.verified) parts.push('unverified');
  return { word: WORDS[outcome.outcome], tone: TONES[outcome.outcome], detail: parts.join(', ') };
}
