import type { Attributes } from '@opentelemetry/api';
import { BoundedNames } from '../model/bounded-names.ts';
import { CacheError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';

export const PREFIX = 'pilotlight.cache.prefix';
export const OUTCOME = 'pilotlight.cache.outcome';
export const TIER = 'pilotlight.cache.tier';
export const REASON = 'pilotlight.cache.reason';
const VERIFIED = 'pilotlight.cache.verified';
export const COLLAPSED = 'pilotlight.cache.collapsed';
export const STORED = 'pilotlight.cache.stored';
export const AGE_MS = 'pilotlight.cache.age_ms';
export const KEY = 'pilotlight.cache.key';
export const KEYS = 'pilotlight.cache.keys';
export const ORIGIN = 'pilotlight.cache.origin';
export const WAITED_MS = 'pilotlight.cache.waited_ms';
export const EPOCH = 'pilotlight.cache.epoch';
export const POSITION = 'pilotlight.cache.position';
export const MODE = 'pilotlight.cache.mode';
export const STATE = 'pilotlight.cache.state';
export const SELECTORS = 'pilotlight.cache.selectors';
export const SELECTOR = 'pilotlight.cache.selector';
export const NAME = 'pilotlight.cache.name';
/** The name of the semantic conventions of OpenTelemetry. */
export const ERROR_TYPE = 'error.type';

const MAX_PREFIXES = 100;
const MAX_ERROR_TYPES = 20;

/** Names from keys and errors. Their number is unknown, so it is bounded: a flood of names must not add series without end. */
export class BoundedAttributes {
  readonly #prefixes = new BoundedNames(MAX_PREFIXES);
  readonly #errors = new BoundedNames(MAX_ERROR_TYPES);

  prefix(prefix: string | null): string {
    return prefix === null ? '(none)' : this.#prefixes.of(prefix);
  }

  /** Returns the code of an error of the cache, else the name of its class. */
  errorType(error: unknown): string {
    if (error instanceof CacheError) return error.code;
    return this.#errors.of(error instanceof Error ? error.name : typeof error);
  }
}

/** Returns an outcome as labels, without those that do not apply. */
export function outcomeLabels({ outcome, tier, reason, verified }: Outcome): Attributes {
  return {
    [OUTCOME]: outcome,
    ...(tier !== null && { [TIER]: tier }),
    ...(reason !== null && { [REASON]: reason }),
    [VERIFIED]: verified,
  };
}
