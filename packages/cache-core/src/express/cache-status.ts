import type { Outcome } from '../model/outcome.ts';

/**
 * Returns the `Cache-Status` header of an outcome (RFC 9211). `detail` is the tier, or `unverified`. `Outcome.reason` is in the
 * metrics and events only.
 */
export function cacheStatus(outcome: Outcome): string {
  const parts = ['pilotlight'];
  if (outcome.outcome === 'hit' || outcome.outcome === 'stale')
    parts.push('hit', `ttl=${Math.floor(outcome.ttlMs / 1_000)}`);
  else parts.push(`fwd=${outcome.outcome}`);
  if (outcome.stored) parts.push('stored');
  if (outcome.collapsed) parts.push('collapsed');
  const detail = outcome.verified ? outcome.tier : 'unverified';
  if (detail) parts.push(`detail=${detail}`);
  return parts.join('; ');
}
