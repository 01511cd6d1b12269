import type { Stamp } from '../model/entry.ts';
import type { CacheKey } from '../model/key.ts';
import type { MinPosition } from '../model/min-position.ts';
import type { Hop } from '../model/outcome.ts';
import type { ResolvedPolicy } from '../model/policy.ts';
import type { InFlightLoad } from './in-flight-loads.ts';
import type { LoadSource } from './load.ts';
import type { SharedFinding } from './lookup.ts';

export interface ReadRequest {
  readonly key: CacheKey;
  readonly source: LoadSource;
  readonly policy: ResolvedPolicy;
  /** How much of the log the answer has to include. Defaults to what this process has applied. */
  readonly minPosition?: MinPosition | undefined;
  /** A lookup in the shared tier that the caller has just made: the first attempt does not repeat it. */
  readonly shared?: SharedFinding | undefined;
  /**
   * Called once it is known that neither this read nor a load that it starts calls the origin, or not for now: the other keys of
   * its batch need not wait for it. May be called more than once.
   */
  readonly onLoadSkipped?: () => void;
}

/** One attempt of a read. */
export interface Reading {
  readonly request: ReadRequest;
  /** The position of the log that this process had applied when the read arrived. */
  readonly arrived: Stamp;
  /** Whether the process is current with the log. */
  readonly verified: boolean;
  readonly mayJoin: boolean;
  /** Set if this process has not applied the minimum position: only a load with a greater number answers the read. Else null. */
  readonly loadAfter: number | null;
  readonly shared: SharedFinding | undefined;
  /** True if the shared tier did not answer. */
  isSharedUnreachable: boolean;
  /** When the lookup in the shared tier began, by the monotonic clock; null if there was none. */
  lookedAt: number | null;
  /** The parts of the read that have taken time. */
  readonly hops: Hop[];
  /** The load that this read has started, else null. */
  started: InFlightLoad | null;
}
