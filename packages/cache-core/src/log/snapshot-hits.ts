import { type InvalidationMode, type SelectorToken, scopeOfToken } from '../model/selector.ts';
import type { Snapshot } from '../ports/invalidation-log.ts';
import { hitOf, type SelectorHit } from './hit.ts';
import { type HitLimits, RememberedHits } from './remembered-hits.ts';

/** The parts of a log that hold hits, one for each kind. */
const PARTS = { hits: 'whole', 'scoped-hits': 'scoped', 'key-hits': 'keys' } as const;
type HitPart = keyof typeof PARTS;

/** How many selectors of both modes a log remembers for its snapshots. Logs have no bounds per prefix. */
export type SnapshotLimits = Pick<HitLimits, 'selectors' | 'scopedHits' | 'keyHits'>;

export type SnapshotContent = Pick<Snapshot, 'floor' | 'lastHits'>;

const ALL = 'a' as SelectorToken;
const NO_BOUND = Number.POSITIVE_INFINITY;

/** The last position that hit each selector, of both modes together: what a log in memory holds for its snapshots. */
export class SnapshotHits {
  readonly #hits: RememberedHits;

  /** @param content the hits to begin with; defaults to none */
  constructor(limits: SnapshotLimits, content: SnapshotContent = { floor: 0, lastHits: [] }) {
    const perPrefix = { scopedHitsPerPrefix: NO_BOUND, keyHitsPerPrefix: NO_BOUND };
    this.#hits = new RememberedHits({ ...limits, ...perPrefix }, nameOf);
    this.#hits.raiseFloor(content.floor);
    this.#hits.record(content.lastHits.map(({ mode, selector, position }) => asHit(mode, selector, position)));
  }

  /** Every position at or below it counts as hit, because hits up to it may be forgotten. */
  get floor(): number {
    return this.#hits.floor;
  }

  get lastHits(): Snapshot['lastHits'] {
    return Object.values(PARTS).flatMap((kind) =>
      [...this.#hits[kind].all()].map(({ mode, token, position }) => ({ mode, selector: token, position })),
    );
  }

  /** Returns the number of selectors in one part. */
  count(part: HitPart): number {
    return this.#hits[PARTS[part]].size;
  }

  /** Records the selectors of one append, at a position after those of the earlier ones. */
  record(mode: InvalidationMode, selectors: readonly SelectorToken[], position: number): void {
    this.#hits.record(selectors.map((selector) => asHit(mode, asStored(selector), position)));
  }
}

/** Returns the selector as a log stores it: a scoped selector without a readable prefix hits everything. */
export function asStored(selector: SelectorToken): SelectorToken {
  return selector.startsWith('s:') && scopeOfToken(selector) === null ? ALL : selector;
}

const nameOf = (mode: InvalidationMode, token: SelectorToken): string => `${mode} ${token}`;

function asHit(mode: InvalidationMode, token: SelectorToken, position: number): SelectorHit {
  return hitOf(nameOf(mode, token), mode, token, position, token.startsWith('s:') ? scopeOfToken(token) : null);
}
