import type { CacheManager, Selector } from '@pilotlight/cache-core';
import { type InvalidateBody, type JournalEntry, scopeOfQuery } from '@pilotlight/contracts';
import { RECIPES } from '@pilotlight/recipes';
import { confirmationsOf } from '@pilotlight/runtime';
import type { Deps } from './deps.ts';
import { TryLater } from './errors.ts';
import { checkedKey, checkedPrefix } from './http/cache-names.ts';
import type { Written } from './http/write-headers.ts';

/** The result of an invalidation: the number of stored entries that it hit, its position, and how long the receipt took. */
export interface Invalidated {
  invalidated: number;
  position: number;
  receipt_ms: number;
  processes: JournalEntry['processes'];
}

/** The body of the answer, and the content of its headers. */
export interface InvalidatedNow {
  readonly body: Invalidated;
  readonly written: Written;
}

export interface InvalidateNowOptions {
  readonly selectors: readonly Selector[];
  readonly mode: InvalidateBody['mode'];
  /** The name of the caller's token. */
  readonly token: string | null;
}

/** Invalidates or expires entries on every process. Throws `TryLater` if the log is unreachable. */
export async function invalidateNow(
  { cache, journal }: Pick<Deps, 'cache' | 'journal'>,
  { selectors, mode, token }: InvalidateNowOptions,
): Promise<InvalidatedNow> {
  // Expired entries stay stored, and so do those of a tag or a scope until they are evicted: they are counted and not reclaimed.
  const isCounted = mode === 'expire' || selectors.some((selector) => 'tag' in selector || 'scope' in selector);
  const counted = isCounted ? await storedEntries(cache, selectors) : 0;
  const receipt = await cache.invalidate(selectors, { mode });
  if (receipt.state === 'pending') throw notApplied();
  journal.record(receipt, { kind: 'request', token });
  const { epoch, position, receiptMs } = receipt;
  const invalidated = isCounted ? counted : await cache.reclaim(selectors, { epoch, asOf: position });
  const receipt_ms = Math.round(receiptMs * 100) / 100;
  const body = { invalidated, position, receipt_ms, processes: confirmationsOf(receipt) };
  return { body, written: { selectors, positions: [receipt] } };
}

/** Returns the number of matching entries in the shared tier or, if that is unreachable, in this process's memory. */
export async function storedEntries(cache: CacheManager, selectors: readonly Selector[]): Promise<number> {
  const counts = await Promise.all(selectors.map((selector) => cache.dryRun(selector)));
  return counts.reduce((sum, { memory, shared }) => sum + (shared ?? memory), 0);
}

/**
 * Returns the selectors of a request. A scope without a prefix selects the answers of every recipe that reads records; these have
 * different prefixes, so no entry is hit by two selectors.
 */
export function selectorsOf({ prefix, tag, key, scope }: InvalidateBody): Selector[] {
  if (tag !== undefined) return [{ tag }];
  if (key !== undefined) return [{ key: checkedKey(key) }];
  if (scope === undefined) {
    const checked = checkedPrefix(prefix ?? '');
    return [checked === '*' ? { all: true } : { prefix: checked }];
  }
  const checked = prefix === undefined ? '*' : checkedPrefix(prefix);
  const prefixes = checked === '*' ? SCOPED_PREFIXES : [checked];
  return prefixes.map((one) => ({ prefix: one, scope: scopeOfQuery(scope) }));
}

const SCOPED_PREFIXES = Object.values(RECIPES)
  .filter((recipe) => 'scopeOf' in recipe)
  .map(({ prefix }) => prefix);

function notApplied(): TryLater {
  return new TryLater(
    'LOG_UNREACHABLE',
    'the invalidation log is unreachable: nothing was invalidated; try again',
    1_000,
  );
}
