/** The engine without one of its rules, which proves that the simulation detects the loss. */
export interface Mutant {
  readonly name: string;
  /** The rule that the mutant breaks. */
  readonly without: string;
  readonly edits: readonly Edit[];
  /** Matches the first report, which proves that the mutant is found for the intended reason. */
  readonly sees: RegExp;
}

/** A mutant that the simulation finds. */
export interface FoundMutant extends Mutant {
  /** Where the search begins: a seed that finds it with the current simulation. */
  readonly seed: number;
}

/**
 * A text that occurs exactly once in the file, and its replacement. The file's path is relative to `cache-core/src`.
 */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** Creates one edit of a mutant. */
export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/** A process served or stored an entry although it had applied a hit of it. */
export const KNOWN_HIT = /(serves|gets|puts|sends) .* though it has applied the hit/;
/** A write was acknowledged, and a later read shows the state before it. */
export const STALE_READ = /is from before an acknowledged invalidation|shows the state before an acknowledged write/;
export const EITHER = new RegExp(`${STALE_READ.source}|${KNOWN_HIT.source}`);
/** A read that asked for at least the position of a change shows the state before that change. */
export const OWN_WRITE = /shows the state before the change whose position the read asked for/;
