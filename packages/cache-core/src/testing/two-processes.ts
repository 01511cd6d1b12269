import { afterEach, beforeEach } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from './simulated-world.ts';

/** The initial state of a test: a world with two processes, current and past their first lease. */
export interface TwoProcesses {
  readonly world: SimulatedWorld;
  readonly one: SimulatedProcess;
  readonly other: SimulatedProcess;
}

/** As `twoProcesses`, for tests that take the parts from the result. */
export function begunWithTwoProcesses(): TwoProcesses & {
  /** Lets time pass until a promise has settled. */
  through<Result>(promise: Promise<Result>): Promise<Result>;
} {
  let begun: TwoProcesses | undefined;
  twoProcesses((parts) => {
    begun = parts;
  });
  const parts = (): TwoProcesses => {
    if (!begun) throw new Error('expected to be called by a test');
    return begun;
  };
  return {
    get world() {
      return parts().world;
    },
    get one() {
      return parts().one;
    },
    get other() {
      return parts().other;
    },
    through: (promise) => parts().world.clock.through(promise),
  };
}

/** Starts each test of the file with two processes in a new world, and closes the world afterwards. */
export function twoProcesses(begin: (begun: TwoProcesses) => void): void {
  let world: SimulatedWorld;
  beforeEach(async () => {
    world = new SimulatedWorld();
    begin({ world, one: await world.process(), other: await world.process() });
  });
  afterEach(() => world.close());
}
