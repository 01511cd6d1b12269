import { type BareItem, parseList, Token } from 'structured-headers';

/** The outcome of a read, from the headers of its answer. */
export interface ReadOutcome {
  /** `stale`: the cache answered with an entry past its freshness. `miss`, `bypass`: the answer was loaded for this request. */
  readonly outcome: 'hit' | 'stale' | 'miss' | 'bypass';
  /** The tier that held the entry; null if the answer was loaded, or if the answer is unverified. */
  readonly tier: string | null;
  /** Seconds for which the entry stays fresh, negative for a stale one; null if the answer was loaded. */
  readonly ttlS: number | null;
  /** Seconds since the load of the answer began; null if the answer does not say it. */
  readonly ageS: number | null;
  readonly stored: boolean;
  /** Whether the answer came from a load that another request had started. */
  readonly collapsed: boolean;
  /** False if the api could not check that no invalidation hits the answer. */
  readonly verified: boolean;
}

const CACHE = 'pilotlight';

/** Returns the outcome that `Cache-Status` (RFC 9211) names, or null if Pilotlight has not set the header. */
export function outcomeOf(headers: Headers): ReadOutcome | null {
  const header = headers.get('cache-status');
  if (header === null) return null;
  const member = parseList(header).find(([name]) => !Array.isArray(name) && textOf(name) === CACHE);
  if (member === undefined) return null;
  const [, parameters] = member;
  const ttl = parameters.get('ttl');
  const ttlS = typeof ttl === 'number' ? ttl : null;
  const detail = textOf(parameters.get('detail'));
  const age = headers.get('age');
  return {
    outcome: kindOf(parameters.get('hit') === true, textOf(parameters.get('fwd')), ttlS),
    tier: detail === 'unverified' ? null : detail,
    ttlS,
    ageS: age === null ? null : Number(age),
    stored: parameters.get('stored') === true,
    collapsed: parameters.get('collapsed') === true,
    verified: detail !== 'unverified',
  };
}

/** An entry has a `ttl`, an answer that was loaded has none; so a forwarded request with one was answered with a stale entry. */
function kindOf(isHit: boolean, forwarded: string | null, ttlS: number | null): ReadOutcome['outcome'] {
  if (isHit) return ttlS !== null && ttlS < 0 ? 'stale' : 'hit';
  if (forwarded === 'bypass') return 'bypass';
  return forwarded === 'stale' && ttlS !== null ? 'stale' : 'miss';
}

function textOf(item: BareItem | undefined): string | null {
  if (item instanceof Token) return item.toString();
  return typeof item === 'string' ? item : null;
}
