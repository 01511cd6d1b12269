import type { Background } from '../background.ts';
import type { Clock } from '../clock.ts';
import type { HitIndex } from './hit-index.ts';
import type { InvalidationLog } from './port.ts';

export interface FollowerOptions {
  readonly id: string;
  /** The cache's. */
  readonly name: string;
  readonly log: InvalidationLog;
  readonly clock: Clock;
  readonly background: Background;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  readonly index?: HitIndex;
  /** Called when the log comes within reach, and with the error when it goes out of it. */
  readonly onReach?: (lost: unknown) => void;
  /** Called once if a read comes before `start`. */
  readonly onUnstarted?: () => void;
}
