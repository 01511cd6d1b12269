/** The engine with one of its rules taken away, to show that the simulation notices. */
export interface Mutant {
  readonly name: string;
  /** What no longer holds. */
  readonly without: string;
  readonly edits: readonly Edit[];
  /** A piece of the first report, so that it is found for its own reason. */
  readonly sees: RegExp;
}

/** A mutant that the simulation finds. */
export interface FoundMutant extends Mutant {
  /** Where the search begins: a seed that finds it, as long as the simulation stays as it is. */
  readonly seed: number;
}

/** Text that is in the file exactly once, and what takes its place. The file is named from `cache-core/src`. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** One edit of a mutant. */
export const edit = (file: string, find: string, replace: string): Edit => ({ file, find, replace });

/** Served or stored by a process that has applied the hit, whenever the read began. */
export const KNOWN_HIT = /(serves|gets|puts|sends) .* though it has applied the hit/;
/** A write was acknowledged, and a later read shows the state before it. */
export const STALE_READ = /is from before an acknowledged invalidation|shows the state before an acknowledged write/;
export const EITHER = new RegExp(`${STALE_READ.source}|${KNOWN_HIT.source}`);
