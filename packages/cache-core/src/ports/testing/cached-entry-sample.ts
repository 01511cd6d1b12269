import { CachedEntry } from '../../model/cached-entry.ts';
import type { Instant } from '../../model/clock.ts';
import type { Entry } from '../../model/entry.ts';
import { parseKey } from '../../model/key.ts';
import { toBody } from '../../model/value.ts';

/** The members of a sample entry that a test sets; the others have defaults. */
export interface CachedEntryParts extends Partial<Entry> {
  readonly value?: unknown;
}

/** Returns an entry for tests. `seenAt` is as in `CachedEntry`. */
export function sampleEntry(
  name: string,
  { value = 1, ...parts }: CachedEntryParts = {},
  seenAt?: Instant,
): CachedEntry {
  const key = parseKey(name);
  const body = parts.body ?? toBody(key, value);
  const times = { loadedAt: 1_000, freshUntil: 2_000, revalidateUntil: 2_500, staleUntil: 3_000, loadMs: 7 };
  const entry = { epoch: 1, asOf: 1, body, tags: [], scope: null, ...times, ...parts };
  return new CachedEntry(key, entry, 0, seenAt);
}
