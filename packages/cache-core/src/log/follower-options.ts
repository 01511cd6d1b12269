import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import type { HitIndex } from './hit-index.ts';
import type { InvalidationLog } from './port.ts';

export interface FollowerOptions {
  readonly id: string;
  /** The name of the cache. */
  readonly name: string;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  readonly background: Background;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  readonly index?: HitIndex;
  /** Called with null when the log becomes reachable, and with the error when it becomes unreachable. */
  readonly onReach?: (lost: unknown) => void;
  /** Called once if a read comes before `start`. */
  readonly onUnstarted?: () => void;
}
