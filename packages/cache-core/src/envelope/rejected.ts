/**
 * Why bytes are not an entry for this process; all of them are misses.
 *
 * - `foreign`: not ours, another key's, or written by another version or configuration of ours. It may be of use to
 *   others: left where it is, so that two versions run side by side.
 * - `damaged`: ours, and not as it was written.
 * - `oversized`: above this process's ceiling, as it is or once decoded.
 * - `undecryptable`: encrypted with a key that this process does not have, or not with the one it names.
 */
export interface Rejected {
  readonly rejected: 'foreign' | 'damaged' | 'oversized' | 'undecryptable';
  /** For the log: completes "stored under this key is …". */
  readonly why: string;
}

export const rejected = (what: Rejected['rejected'], why: string): Rejected => ({ rejected: what, why });
