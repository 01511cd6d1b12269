import type { CachedEntry } from '../../model/cached-entry.ts';
import { sampleEntry } from '../../ports/testing/cached-entry-sample.ts';

/** The sizes of the answers of a replay: all of 1.5 kB; or of 0.2, 3 and 46 kB for 60, 30 and 10 % of the keys. */
export type Sizes = 'equal' | 'mixed';

const BODIES = {
  tiny: Buffer.alloc(200, '1'),
  medium: Buffer.alloc(1_500, '1'),
  page: Buffer.alloc(3_000, '1'),
  large: Buffer.alloc(46_000, '1'),
};

/** Returns an entry whose size depends on its name only, in the form in which the memory tier counts it. */
export function answerOf(name: string, sizes: Sizes): CachedEntry {
  const answer = sampleEntry(name, { body: sizes === 'equal' ? BODIES.medium : mixed(name) });
  answer.own();
  return answer;
}

function mixed(name: string): Buffer {
  const share = shareOf(name);
  return share < 0.6 ? BODIES.tiny : share < 0.9 ? BODIES.page : BODIES.large;
}

/** Returns a number from 0 to 1 that depends on the name: FNV-1a, spread by the finalizer of MurmurHash3. */
export function shareOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
