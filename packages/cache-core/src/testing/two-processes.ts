import { afterEach, beforeEach } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from './simulated-world.ts';

/** What a test begins with: a world, and two of its processes, current and past their first lease. */
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

/** Each test of the file begins with two processes in a world of its own, which is closed behind it. */
export function twoProcesses(begin: (begun: TwoProcesses) => void): void {
  let world: SimulatedWorld;
  beforeEach(async () => {
    world = new SimulatedWorld();
    begin({ world, one: await world.process(), other: await world.process() });
  });
  afterEach(() => world.close());
}
