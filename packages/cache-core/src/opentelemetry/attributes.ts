import type { Attributes } from '@opentelemetry/api';
import { BoundedNames } from '../bounded-names.ts';
import { CacheError } from '../errors.ts';
import type { Outcome } from '../outcome.ts';

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
/** As the semantic conventions of OpenTelemetry name it. */
export const ERROR_TYPE = 'error.type';

const MOST_PREFIXES = 100;
const MOST_ERROR_TYPES = 20;

/** Names that keys and errors bring along, so nobody knows how many: bounded, so that no flood makes ever more series. */
export class BoundedAttributes {
  readonly #prefixes = new BoundedNames(MOST_PREFIXES);
  readonly #errors = new BoundedNames(MOST_ERROR_TYPES);

  prefix(prefix: string | null): string {
    return prefix === null ? '(none)' : this.#prefixes.of(prefix);
  }

  /** The code of an error of the cache, else the name of its class. */
  errorType(error: unknown): string {
    if (error instanceof CacheError) return error.code;
    return this.#errors.of(error instanceof Error ? error.name : typeof error);
  }
}

/** What an outcome comes to as labels. What does not apply is left out. */
export function outcomeLabels({ outcome, tier, reason, verified }: Outcome): Attributes {
  return {
    [OUTCOME]: outcome,
    ...(tier !== null && { [TIER]: tier }),
    ...(reason !== null && { [REASON]: reason }),
    [VERIFIED]: verified,
  };
}
