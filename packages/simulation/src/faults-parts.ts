import type { Parts } from './parts.ts';
import type { Workload } from './workload.ts';
import type { Node } from './world.ts';

/** The parts that faults use. */
export interface FaultsParts extends Parts {
  readonly workload: Workload;
  /** Returns whether the time for faults has passed. */
  readonly isOver: () => boolean;
  /** Lets another process take the place of this one. */
  readonly replace: (node: Node, how: 'crash' | 'redeploy', afterMs: number) => void;
}
