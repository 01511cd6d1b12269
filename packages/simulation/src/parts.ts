import type { OriginParts, SimulatedOrigin } from './origin.ts';
import type { Node } from './world.ts';

/** The components of a simulation. */
export interface Parts extends OriginParts {
  readonly origin: SimulatedOrigin;
  /** Returns the processes that are currently running. */
  readonly nodes: () => readonly Node[];
}
