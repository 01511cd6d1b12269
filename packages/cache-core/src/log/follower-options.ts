import type { Background } from '../model/background.ts';
import type { Clock } from '../model/clock.ts';
import type { InvalidationLog } from '../ports/invalidation-log.ts';

export interface FollowerOptions {
  readonly id: string;
  /** The name of the cache. */
  readonly name: string;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  readonly background: Background;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  /** Called with null when the log becomes reachable, and with the error when it becomes unreachable. */
  readonly onConnectivityChange?: (lost: unknown) => void;
  /** Called once if a read comes before `start`. */
  readonly onUnstarted?: () => void;
}
