/**
 * Why bytes are not an entry for this process. All reasons cause misses.
 *
 * - `foreign`: not an envelope, of another key, or of another version or configuration. It may be useful to other
 * processes, so it stays, and two versions can run side by side.
 *
 * - `damaged`: an envelope that is not as it was written.
 *
 * - `oversized`: above this process's ceiling, encoded or decoded.
 *
 * - `undecryptable`: encrypted with a key that this process does not have, or not with the key that it names.
 */
export interface Rejected {
  readonly rejected: 'foreign' | 'damaged' | 'oversized' | 'undecryptable';
  /** Describes the bytes, for the log. */
  readonly why: string;
}

export const rejected = (what: Rejected['rejected'], why: string): Rejected => ({ rejected: what, why });
