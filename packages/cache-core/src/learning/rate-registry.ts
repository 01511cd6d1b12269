import { LRUCache } from 'lru-cache';
import { BoundedNames } from '../model/bounded-names.ts';
import { type CacheKey, prefixOf } from '../model/key.ts';
import type { ResolvedLearning } from '../model/learning-options.ts';
import { type Decision, decide, maxEvidenceMs, priorFor } from './decision.ts';
import { type GammaPosterior, meanRate, PRIOR_SHAPE } from './gamma-posterior.ts';
import { type Observation, Observations } from './observations.ts';

/**
 * The maximum number of keys of a prefix with their own observations: those that were reloaded last. The others share
 * their prefix's.
 */
export const MAX_KEYS = 1_000;
/** The maximum number of prefixes with their own observations. */
const MAX_PREFIXES = 100;
const NO_PREFIX = '(none)';
/** The weight of an observation after the next one: of a key, and of all keys of a kind or prefix. */
const KEY_KEEPS = 1 - 1 / 200;
const POOL_KEEPS = 1 - 1 / 500;

/** The maximum number of kinds of a prefix with their own observations. */
const MAX_KINDS = 30;

interface KeyRates {
  readonly evidence: Observations;
  kind: Observations | null;
}

/** The observations of one prefix. */
export interface PrefixRates {
  readonly pool: Observations;
  readonly kinds: ReadonlyMap<string, Observations>;
  /** By a 32-bit hash of the key: two keys rarely share one, and a collision is harmless. */
  readonly keys: LRUCache<number, KeyRates>;
  /** The last policy that was given for the prefix. */
  learning: ResolvedLearning;
  /** The number of reloads after an invalidation or expiry: they contain no information about unannounced changes. */
  announced: number;
}

/** An answer: its key, its kind if the load has named one, and its policy. */
export interface Learnt {
  readonly key: CacheKey;
  readonly kind: string | null;
  readonly learning: ResolvedLearning;
}

/**
 * The observations of this process of how answers change, in bounded memory: by key for the keys that were reloaded last,
 * by kind where loads name one, and by prefix. In kinds and prefixes a key's k-th observation has weight 1/k, so that one
 * frequently read key does not dominate. The posterior of a prefix is the prior of its kinds; that of a kind, the prior
 * of its keys.
 */
export class RateRegistry {
  readonly #names = new BoundedNames(MAX_PREFIXES);
  readonly #prefixes = new Map<string, PrefixRecord>();

  observe({ key, kind, learning }: Learnt, observation: Observation): void {
    const record = this.#recordOf(key, learning);
    const maxMs = maxEvidenceMs(learning);
    const id = hashOf(key);
    const own = record.keys.get(id) ?? { evidence: new Observations(), kind: null };
    own.kind = kind === null ? null : record.kindOf(kind);
    const { evidence } = own;
    evidence.observe(observation, priorOfKey(record, own.kind), { keeps: KEY_KEEPS, maxMs });
    record.keys.set(id, own);
    const forgetting = { keeps: POOL_KEEPS, maxMs };
    const share = 1 / evidence.seen;
    own.kind?.add(observation, priorOfKind(record), forgetting, share);
    record.pool.add(observation, neutralPrior(learning), forgetting, share);
  }

  noteAnnounced({ key, learning }: Learnt): void {
    this.#recordOf(key, learning).announced++;
  }

  decide({ key, kind, learning }: Learnt): Decision {
    const record = this.#recordOf(key, learning);
    const own = record.keys.get(hashOf(key));
    if (own) return decisionOfKey(record, own);
    const known = kind === null ? undefined : record.kinds.get(record.kindNames.of(kind));
    return known ? decisionOfKind(record, known) : decisionOfPrefix(record);
  }

  /** Returns the decision for a key by the last policy of its prefix, or null if the prefix has none. */
  explain(key: CacheKey): Decision | null {
    const record = this.#prefixes.get(this.#names.of(prefixOf(key) ?? NO_PREFIX));
    if (!record) return null;
    const own = record.keys.peek(hashOf(key));
    return own ? decisionOfKey(record, own) : decisionOfPrefix(record);
  }

  /** Yields the prefixes by name, as in counts: `(none)`, `(other)`. */
  prefixes(): Iterable<readonly [string, PrefixRates]> {
    return this.#prefixes;
  }

  #recordOf(key: CacheKey, learning: ResolvedLearning): PrefixRecord {
    const name = this.#names.of(prefixOf(key) ?? NO_PREFIX);
    const record = this.#prefixes.get(name) ?? new PrefixRecord(learning);
    record.learning = learning;
    this.#prefixes.set(name, record);
    return record;
  }
}

class PrefixRecord implements PrefixRates {
  readonly pool = new Observations();
  readonly kinds = new Map<string, Observations>();
  readonly kindNames = new BoundedNames(MAX_KINDS);
  readonly keys = new LRUCache<number, KeyRates>({ maxSize: MAX_KEYS, sizeCalculation: () => 1 });
  learning: ResolvedLearning;
  announced = 0;

  constructor(learning: ResolvedLearning) {
    this.learning = learning;
  }

  kindOf(kind: string): Observations {
    const name = this.kindNames.of(kind);
    const evidence = this.kinds.get(name) ?? new Observations();
    this.kinds.set(name, evidence);
    return evidence;
  }
}

/** Decides for a key without observations or a kind. */
export function decisionOfPrefix(rates: PrefixRates): Decision {
  const { pool, learning } = rates;
  const posterior = { shape: PRIOR_SHAPE, weightMs: priorOfKey(rates, null) };
  return decide(learning, pool.seen === 0 ? 'nothing' : 'prefix', pool, posterior);
}

/** Decides for a key of this kind without its own observations. */
export function decisionOfKind(rates: PrefixRates, kind: Observations): Decision {
  const posterior = { shape: PRIOR_SHAPE, weightMs: priorOfKey(rates, kind) };
  return decide(rates.learning, 'kind', kind, posterior);
}

export function decisionOfKey(rates: PrefixRates, { evidence, kind }: KeyRates): Decision {
  return decide(rates.learning, 'key', evidence, evidence.posterior(priorOfKey(rates, kind)));
}

/** Returns the prior for which the policy's own time is chosen without observations. */
function neutralPrior({ fixedMs, outdatedShare }: ResolvedLearning): number {
  return priorFor(fixedMs, outdatedShare);
}

function priorOfKind(rates: PrefixRates): number {
  return priorAround(rates.pool.posterior(neutralPrior(rates.learning)), rates.learning);
}

function priorOfKey(rates: PrefixRates, kind: Observations | null): number {
  return kind ? priorAround(kind.posterior(priorOfKind(rates)), rates.learning) : priorOfKind(rates);
}

/** Returns the prior with the mean rate of all of them and a wide spread. */
function priorAround(all: GammaPosterior, { betweenMs, outdatedShare }: ResolvedLearning): number {
  return Math.min(PRIOR_SHAPE / meanRate(all), priorFor(betweenMs[1], outdatedShare));
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo). */
function hashOf(text: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619);
  return hash >>> 0;
}
