import { prefixOf } from '../key.ts';
import { type InvalidationMode, keyOfToken, type SelectorToken, scopeOfToken, tokenOfWhole } from '../selector.ts';

/** A selector, and the last position that hit it. */
export interface MemoryLogHit {
  readonly mode: InvalidationMode;
  readonly selector: SelectorToken;
  readonly position: number;
}

/** How many selectors the log remembers: prefixes and tags, scoped ones, keys. */
export interface MemoryLogHitLimits {
  readonly mostSelectors: number;
  readonly mostScoped: number;
  readonly mostKeys: number;
}

type Hits = Map<string, MemoryLogHit>;

const ALL = 'a' as SelectorToken;
/** As `KEYS_ELSEWHERE` of `redis/redis-log.ts`: it takes a place, and no snapshot holds it. */
const KEYS_ELSEWHERE = 'keys' as SelectorToken;

/**
 * The last position that hit each selector, bounded, by the rules of `redis/scripts/append.lua` and with its keys. A property
 * test in `redis/` holds the two to each other.
 */
export class MemoryLogHits {
  readonly #limits: MemoryLogHitLimits;
  readonly hits: Hits = new Map();
  /** In the order of positions, as those of keys are. */
  readonly scopedHits: Hits = new Map();
  readonly keyHits: Hits = new Map();
  #floor = 0;

  constructor(limits: MemoryLogHitLimits) {
    this.#limits = limits;
  }

  /** Nothing is known of hits at or below it. */
  get floor(): number {
    return this.#floor;
  }

  /** What a snapshot holds. */
  get all(): MemoryLogHit[] {
    return [this.hits, this.scopedHits, this.keyHits]
      .flatMap((hits) => [...hits.values()])
      .filter(({ selector }) => selector !== KEYS_ELSEWHERE);
  }

  /** What a server that lost its last appends has lost. */
  dropAfter(head: number): void {
    for (const hits of [this.hits, this.scopedHits, this.keyHits])
      for (const [name, { position }] of hits) if (position > head) hits.delete(name);
  }

  record(mode: InvalidationMode, selectors: readonly SelectorToken[], position: number): void {
    for (const selector of selectors) setLast(this.#like(selector), { mode, selector, position });
    if (selectors.some((selector) => keyOfToken(selector) !== null))
      setLast(this.hits, { mode, selector: KEYS_ELSEWHERE, position });
    this.#coarsen(this.scopedHits, this.#limits.mostScoped);
    this.#coarsen(this.keyHits, this.#limits.mostKeys);
    const { mostSelectors } = this.#limits;
    if (this.hits.size <= mostSelectors) return;
    for (const { position } of take([...this.hits], this.hits, mostSelectors))
      this.#floor = Math.max(this.#floor, position); // what was coarsened may be older than what was forgotten before
  }

  /** What is forgotten of a part of a prefix counts, at its position, as a hit of the whole. */
  #coarsen(narrow: Hits, most: number): void {
    if (narrow.size <= most) return;
    for (const { mode, selector, position } of take(oldestOf(narrow, narrow.size - most), narrow, most)) {
      const key = keyOfToken(selector);
      const whole = tokenOfWhole(key === null ? prefixOfScoped(selector) : prefixOf(key));
      if ((this.hits.get(nameOf(mode, whole))?.position ?? 0) < position)
        setLast(this.hits, { mode, selector: whole, position });
    }
  }

  #like(selector: SelectorToken): Hits {
    if (isScoped(selector)) return this.scopedHits;
    return keyOfToken(selector) === null ? this.hits : this.keyHits;
  }
}

/** As the log keeps it: a scoped selector of which no prefix can be read hits everything. */
export function asKept(selector: SelectorToken): SelectorToken {
  return isScoped(selector) && prefixOfScoped(selector) === null ? ALL : selector;
}

const nameOf = (mode: InvalidationMode, selector: SelectorToken): string => `${mode} ${selector}`;

function setLast(hits: Hits, hit: MemoryLogHit): void {
  const name = nameOf(hit.mode, hit.selector);
  hits.delete(name); // so that the oldest stay in front
  hits.set(name, hit);
}

/** As `ZPOPMIN`: takes those beyond the bound, the oldest first; of several at one position, in the order of their names. */
function take(candidates: [string, MemoryLogHit][], hits: Hits, most: number): MemoryLogHit[] {
  const inOrder = candidates.sort(([a, { position: at }], [b, { position }]) => at - position || (a < b ? -1 : 1));
  return inOrder.slice(0, hits.size - most).map(([name, hit]) => {
    hits.delete(name);
    return hit;
  });
}

/** The first hits, at least `atLeast`, of those in the order of their positions, and all at the position of the last. */
function oldestOf(hits: Hits, atLeast: number): [string, MemoryLogHit][] {
  const oldest: [string, MemoryLogHit][] = [];
  for (const one of hits) {
    if (oldest.length >= atLeast && one[1].position !== oldest.at(-1)?.[1].position) break;
    oldest.push(one);
  }
  return oldest;
}

function isScoped(selector: SelectorToken): boolean {
  return selector.startsWith('s:');
}

/** Returns null if the prefix cannot be read from the selector. */
function prefixOfScoped(selector: SelectorToken): string | null {
  return scopeOfToken(selector)?.prefix ?? null;
}
