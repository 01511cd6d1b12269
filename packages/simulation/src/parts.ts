import type { Origin, OriginParts } from './origin.ts';
import type { Node } from './world.ts';

/** The components of a simulation. */
export interface Parts extends OriginParts {
  readonly origin: Origin;
  /** Returns the processes that are currently running. */
  readonly nodes: () => readonly Node[];
}
