import { afterEach, beforeEach } from 'vitest';
import { type SimulatedProcess, SimulatedWorld } from '../../testing/index.ts';
import { Telemetry } from './telemetry.ts';

export interface TelemetryWorld {
  readonly world: SimulatedWorld;
  readonly one: SimulatedProcess;
  readonly telemetry: Telemetry;
  through<Result>(promise: Promise<Result>): Promise<Result>;
}

/** Starts each test of a file with one process in a new world, and with empty telemetry. */
export function telemetryWorld(begun: (begun: TelemetryWorld) => void): void {
  let world: SimulatedWorld;
  let telemetry: Telemetry;
  beforeEach(async () => {
    world = new SimulatedWorld();
    telemetry = new Telemetry();
    begun({ world, one: await world.process(), telemetry, through: (promise) => world.clock.through(promise) });
  });
  afterEach(async () => {
    telemetry.close();
    await world.close();
  });
}
