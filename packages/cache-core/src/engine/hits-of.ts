import type { HitIndex } from '../log/hit-index.ts';
import type { Footprint } from '../model/footprint.ts';
import type { InvalidationMode } from '../model/selector.ts';

/** One selector that hit an entry. */
export interface Hit {
  readonly mode: InvalidationMode;
  /** Its token; of a scoped one `s:{prefix}`; `(forgotten)` when the index no longer knows which. */
  readonly selector: string;
  readonly position: number;
}

const NOTHING: Footprint = { tokens: [], prefixes: [], scope: null };
const MODES = ['invalidate', 'expire'] as const satisfies readonly InvalidationMode[];

/** Which selectors hit an entry of this footprint after a position: each part of the footprint asked for by itself. */
export function hitsOf({ tokens, prefixes, scope }: Footprint, asOf: number, index: HitIndex): Hit[] {
  const hits: Hit[] = [];
  for (const mode of MODES) {
    const floor = index.lastHit(mode, NOTHING);
    if (floor > asOf) hits.push({ mode, selector: '(forgotten)', position: floor });
    const note = (selector: string, footprint: Footprint) => {
      const position = index.lastHit(mode, footprint);
      if (position > Math.max(asOf, floor)) hits.push({ mode, selector, position });
    };
    for (const token of tokens) note(token, { ...NOTHING, tokens: [token] });
    for (const prefix of prefixes) note(`s:${prefix}`, { ...NOTHING, prefixes: [prefix], scope });
  }
  return hits;
}
