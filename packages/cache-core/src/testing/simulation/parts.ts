import type { Checker } from './checker.ts';
import type { History } from './history.ts';
import type { Origin } from './origin.ts';
import type { Plan } from './plan.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Node, World } from './world.ts';

/** The components of a simulation. */
export interface Parts {
  readonly world: World;
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly history: History;
  readonly checker: Checker;
  readonly origin: Origin;
  /** The processes that are currently running. */
  readonly nodes: () => readonly Node[];
}
