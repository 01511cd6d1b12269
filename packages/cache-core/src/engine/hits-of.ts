import type { HitIndex } from '../log/hit-index.ts';
import type { InvalidationTargets } from '../model/invalidation-targets.ts';
import type { InvalidationMode } from '../model/selector.ts';

/** One selector that hit an entry. */
export interface Hit {
  readonly mode: InvalidationMode;
  /** The token of the selector, `s:{prefix}` for a scoped one, or `(forgotten)` if the index has forgotten it. */
  readonly selector: string;
  readonly position: number;
}

const NOTHING: InvalidationTargets = { tokens: [], prefixes: [], scope: null };
const MODES = ['invalidate', 'expire'] as const satisfies readonly InvalidationMode[];

/** Returns the selectors that hit an entry with these targets after a position. Looks each part of the targets up separately. */
export function hitsOf({ tokens, prefixes, scope }: InvalidationTargets, asOf: number, index: HitIndex): Hit[] {
  const hits: Hit[] = [];
  for (const mode of MODES) {
    const floor = index.lastHit(mode, NOTHING);
    if (floor > asOf) hits.push({ mode, selector: '(forgotten)', position: floor });
    const note = (selector: string, targets: InvalidationTargets) => {
      const position = index.lastHit(mode, targets);
      if (position > Math.max(asOf, floor)) hits.push({ mode, selector, position });
    };
    for (const token of tokens) note(token, { ...NOTHING, tokens: [token] });
    for (const prefix of prefixes) note(`s:${prefix}`, { ...NOTHING, prefixes: [prefix], scope });
  }
  return hits;
}
