import type { Outcome } from '../model/outcome.ts';
import { sfString } from './structured-fields.ts';

/**
 * Returns the `Cache-Status` header of an outcome (RFC 9211). `detail` is the tier, or `unverified`. A load is the forwarded request:
 * `fwd-status` is 200 for a value, 304 for `notModified()`, 500 for an error and 504 for a load beyond the soft timeout; it is omitted
 * if it equals the status of the response. Of `Outcome.reason`, only `fwd` depends on it; the rest is in the metrics and events.
 *
 * @param status the status of the response
 * @param key the key, for readers that may see it, or null
 */
export function cacheStatus(outcome: Outcome, status = 200, key: string | null = null): string {
  const forwarded = forwardedFor(outcome);
  let text = 'pilotlight';
  if (forwarded === null) text += '; hit';
  else {
    const answered = statusOfLoad(outcome);
    text += `; fwd=${forwarded}`;
    if (answered !== status) text += `; fwd-status=${answered}`;
  }
  if (outcome.tier !== null) text += `; ttl=${Math.floor(outcome.ttlMs / 1_000)}`;
  if (outcome.stored) text += '; stored';
  if (outcome.collapsed) text += '; collapsed';
  if (key !== null) text += `; key=${sfString(key)}`;
  const detail = outcome.verified ? outcome.tier : 'unverified';
  return detail ? `${text}; detail=${detail}` : text;
}

/** Returns why the request went to the origin (RFC 9211, 2.2); null if the cache answered without it. */
function forwardedFor({ outcome, reason }: Outcome): 'miss' | 'stale' | 'request' | 'bypass' | null {
  switch (outcome) {
    case 'hit':
      return null;
    case 'stale':
      return reason === 'load-failed' || reason === 'load-slow' ? 'stale' : null;
    case 'bypass':
      return 'bypass';
    case 'miss':
      return reason === 'expired' ? 'stale' : reason === 'behind' ? 'request' : 'miss';
  }
}

function statusOfLoad({ reason, revalidated = false }: Outcome): number {
  if (reason === 'load-failed') return 500;
  if (reason === 'load-slow') return 504;
  return revalidated ? 304 : 200;
}
