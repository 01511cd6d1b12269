import type { SeededRandom } from '@pilotlight/cache-core/testing';
import type { FaultSystem } from '../system/fault-system.ts';

/** Where a fault happens, and the random numbers that decide its details. */
export interface Scene {
  readonly system: FaultSystem;
  readonly random: SeededRandom;
}

/** A kind of fault. */
export interface Fault {
  readonly name: string;
  /** What it affects. Two concurrent faults affect different things. */
  readonly to: 'api' | 'worker' | 'cache' | 'queue' | 'postgres' | 'elasticsearch' | 'links';
  /** Range of its duration, both ends included; the seed selects the value. */
  readonly lastsMs: readonly [least: number, most: number];
  /** Begins the fault. Resolves with a function that ends it, if it does not end by itself. */
  begin(scene: Scene): Promise<() => Promise<void>>;
}

export const nothing = async (): Promise<void> => undefined;
