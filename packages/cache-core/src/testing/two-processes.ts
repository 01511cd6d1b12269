import { afterEach, beforeEach } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from './simulated-world.ts';

/** What a test begins with: a world, and two of its processes, current and past their first lease. */
export interface TwoProcesses {
  readonly world: SimulatedWorld;
  readonly one: SimulatedProcess;
  readonly other: SimulatedProcess;
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
