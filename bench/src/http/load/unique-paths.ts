import type { Paths } from './requests.ts';

/** More than one measurement sends. */
const APART = 10_000_000;

/** Paths that no measurement has asked for before, so that each is a miss. */
export class UniquePaths {
  readonly #prefix: string;
  #from = 0;

  constructor(prefix: string) {
    // Entries of an earlier run may still be in Redis.
    this.#prefix = `${prefix}${Date.now()}-`;
  }

  /** Returns the paths of the next measurement. */
  next(): Paths {
    this.#from += APART;
    return { kind: 'counter', prefix: this.#prefix, from: this.#from };
  }
}
