import { duration, seconds, timeOfDay } from '../../format/format.ts';
import { Outcome } from '../../ui/outcome.tsx';
import { UserText } from '../../ui/user-text.tsx';
import type { Served } from './served.ts';

/** How an answer was served: outcome, times, when it was computed, and the header that says so. */
export function ServedLine({ served }: { readonly served: Served }) {
  return (
    <p class="served small muted">
      <Outcome kind={served.kind} />
      <span>
        <strong>{duration(served.tookMs)}</strong> in the browser
      </span>
      <span title="From Server-Timing">{inApi(served)}</span>
      <span>{computed(served)}</span>
      {served.cacheStatus !== null && (
        <code>
          <UserText text={`Cache-Status: ${served.cacheStatus}`} />
        </code>
      )}
    </p>
  );
}

/** Parts of a read of less than this many ms are not listed. */
const LISTED_MS = 0.05;

function inApi({ hops, outcome }: Served): string {
  const listed = hops.filter(({ ms }) => ms >= LISTED_MS);
  if (listed.length > 0) {
    const total = hops.reduce((sum, { ms }) => sum + ms, 0);
    return `${duration(total)} in the api: ${listed.map(({ name, ms }) => `${name} ${duration(ms)}`).join(', ')}`;
  }
  return outcome?.tier == null ? 'no load' : `from ${outcome.tier}, no load`;
}

function computed({ computedAt, outcome }: Served): string {
  if (computedAt === null || outcome === null) return '';
  const { ageS, ttlS, collapsed } = outcome;
  const age = ageS === null || ageS === 0 ? 'just now' : `${seconds(ageS * 1_000)} before`;
  const fresh = ttlS !== null && ttlS > 0 ? `, fresh for ${seconds(ttlS * 1_000)} more` : '';
  return `computed at ${timeOfDay(computedAt)} (${age})${fresh}${collapsed ? ', shared with another request' : ''}`;
}
