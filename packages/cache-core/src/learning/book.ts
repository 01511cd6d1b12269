import { LRUCache } from 'lru-cache';
import { BoundedNames } from '../bounded-names.ts';
import { type CacheKey, prefixOf } from '../key.ts';
import { type Belief, meanRate, PRIOR_SHAPE } from './belief.ts';
import { type Decision, decide, mostEvidenceMs, priorFor } from './decision.ts';
import { Evidence, type Observation } from './evidence.ts';
import type { ResolvedLearning } from './learning-options.ts';

/** Keys of a prefix with evidence of their own: those that were reloaded last. The others share their prefix's. */
export const MOST_KEYS = 1_000;
/** Prefixes with evidence of their own. */
const MOST_PREFIXES = 100;
const NO_PREFIX = '(none)';
/** What an observation counts for once the next one has come: of a key, and of all keys of a kind or prefix. */
const KEY_KEEPS = 1 - 1 / 200;
const POOL_KEEPS = 1 - 1 / 500;

/** Kinds of a prefix with evidence of their own. */
const MOST_KINDS = 30;

interface KeyBook {
  readonly evidence: Evidence;
  kind: Evidence | null;
}

/** What is known of one prefix. */
export interface PrefixBook {
  readonly pool: Evidence;
  readonly kinds: ReadonlyMap<string, Evidence>;
  /** By a hash of the key: 2^32 of them, so two keys hardly ever share one, and nothing breaks when they do. */
  readonly keys: LRUCache<number, KeyBook>;
  /** Of the last policy that was given for it. */
  learning: ResolvedLearning;
  /** Reloads after an invalidation or expiry: of changes that nobody announces they say nothing. */
  announced: number;
}

/** Which answer it is: its key, its kind if the load has said one, and its policy. */
export interface Learnt {
  readonly key: CacheKey;
  readonly kind: string | null;
  readonly learning: ResolvedLearning;
}

/**
 * What this process has seen of how answers change, in bounded memory: by key for the keys that were reloaded last, by kind
 * where loads say one, and by prefix. Of each a key's k-th observation counts 1/k, so that one key that is asked for
 * without end does not speak for all. What is believed of a prefix is what its kinds begin with; of a kind, its keys.
 */
export class Book {
  readonly #names = new BoundedNames(MOST_PREFIXES);
  readonly #prefixes = new Map<string, Shelf>();

  observe({ key, kind, learning }: Learnt, observation: Observation): void {
    const shelf = this.#shelfOf(key, learning);
    const mostMs = mostEvidenceMs(learning);
    const id = hashOf(key);
    const own = shelf.keys.get(id) ?? { evidence: new Evidence(), kind: null };
    own.kind = kind === null ? null : shelf.kindOf(kind);
    const { evidence } = own;
    evidence.observe(observation, priorOfKey(shelf, own.kind), { keeps: KEY_KEEPS, mostMs });
    shelf.keys.set(id, own);
    const forgetting = { keeps: POOL_KEEPS, mostMs };
    const share = 1 / evidence.seen;
    own.kind?.add(observation, priorOfKind(shelf), forgetting, share);
    shelf.pool.add(observation, neutralPrior(learning), forgetting, share);
  }

  noteAnnounced({ key, learning }: Learnt): void {
    this.#shelfOf(key, learning).announced++;
  }

  decide({ key, kind, learning }: Learnt): Decision {
    const shelf = this.#shelfOf(key, learning);
    const own = shelf.keys.get(hashOf(key));
    if (own) return decisionOfKey(shelf, own);
    const known = kind === null ? undefined : shelf.kinds.get(shelf.kindNames.of(kind));
    return known ? decisionOfKind(shelf, known) : decisionOfPrefix(shelf);
  }

  /** What would be decided now for a key, by the policy that was last given for its prefix; null: for none it is learnt. */
  explain(key: CacheKey): Decision | null {
    const shelf = this.#prefixes.get(this.#names.of(prefixOf(key) ?? NO_PREFIX));
    if (!shelf) return null;
    const own = shelf.keys.peek(hashOf(key));
    return own ? decisionOfKey(shelf, own) : decisionOfPrefix(shelf);
  }

  /** By name, as counts are: `(none)`, `(other)`. */
  prefixes(): Iterable<readonly [string, PrefixBook]> {
    return this.#prefixes;
  }

  #shelfOf(key: CacheKey, learning: ResolvedLearning): Shelf {
    const name = this.#names.of(prefixOf(key) ?? NO_PREFIX);
    const shelf = this.#prefixes.get(name) ?? new Shelf(learning);
    shelf.learning = learning;
    this.#prefixes.set(name, shelf);
    return shelf;
  }
}

class Shelf implements PrefixBook {
  readonly pool = new Evidence();
  readonly kinds = new Map<string, Evidence>();
  readonly kindNames = new BoundedNames(MOST_KINDS);
  readonly keys = new LRUCache<number, KeyBook>({ maxSize: MOST_KEYS, sizeCalculation: () => 1 });
  learning: ResolvedLearning;
  announced = 0;

  constructor(learning: ResolvedLearning) {
    this.learning = learning;
  }

  kindOf(kind: string): Evidence {
    const name = this.kindNames.of(kind);
    const evidence = this.kinds.get(name) ?? new Evidence();
    this.kinds.set(name, evidence);
    return evidence;
  }
}

/** For a key of which nothing is known by itself, and no kind. */
export function decisionOfPrefix(book: PrefixBook): Decision {
  const { pool, learning } = book;
  const belief = { shape: PRIOR_SHAPE, weightMs: priorOfKey(book, null) };
  return decide(learning, pool.seen === 0 ? 'nothing' : 'prefix', pool, belief);
}

/** For a key of this kind of which nothing is known by itself. */
export function decisionOfKind(book: PrefixBook, kind: Evidence): Decision {
  const belief = { shape: PRIOR_SHAPE, weightMs: priorOfKey(book, kind) };
  return decide(book.learning, 'kind', kind, belief);
}

export function decisionOfKey(book: PrefixBook, { evidence, kind }: KeyBook): Decision {
  return decide(book.learning, 'key', evidence, evidence.belief(priorOfKey(book, kind)));
}

/** So much that without evidence the policy's own time is chosen. */
function neutralPrior({ fixedMs, outdatedShare }: ResolvedLearning): number {
  return priorFor(fixedMs, outdatedShare);
}

function priorOfKind(book: PrefixBook): number {
  return priorAround(book.pool.belief(neutralPrior(book.learning)), book.learning);
}

function priorOfKey(book: PrefixBook, kind: Evidence | null): number {
  return kind ? priorAround(kind.belief(priorOfKind(book)), book.learning) : priorOfKind(book);
}

/** Expected to change as often as all of them do on average, with a wide spread around it. */
function priorAround(all: Belief, { betweenMs, outdatedShare }: ResolvedLearning): number {
  return Math.min(PRIOR_SHAPE / meanRate(all), priorFor(betweenMs[1], outdatedShare));
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
