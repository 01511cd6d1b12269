import { afterEach, beforeEach } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from '../../testing/index.ts';
import { buildKey } from '../key.ts';
import { resolvePolicy } from '../policy.ts';

export const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
export const POLICY = resolvePolicy({ freshFor: '10s', staleFor: 0, jitter: 0 });

/** The initial state of a test. */
export interface OneProcess {
  readonly world: SimulatedWorld;
  readonly one: SimulatedProcess;
}

/** Starts each test of the file with one process in a new world, and closes the world afterwards. */
export function oneProcess(begin: (begun: OneProcess) => void): void {
  let world: SimulatedWorld;
  beforeEach(async () => {
    world = new SimulatedWorld();
    begin({ world, one: await world.process() });
  });
  afterEach(() => world.close());
}
