import type { SeededRandom } from '../../../packages/cache-core/src/testing/simulation/seeded-random.ts';
import type { FaultSystem } from '../system/fault-system.ts';

/** Where a fault happens, and what decides its details. */
export interface Scene {
  readonly system: FaultSystem;
  readonly random: SeededRandom;
}

/** One way for things to go wrong. */
export interface Fault {
  readonly name: string;
  /** What it happens to: two faults at once have different ones. */
  readonly to: 'api' | 'worker' | 'cache' | 'queue' | 'postgres' | 'links';
  /** How long it lasts, both ends included; the seed chooses. */
  readonly lastsMs: readonly [least: number, most: number];
  /** Makes it happen; what it resolves with puts the thing right again, as far as somebody has to. */
  begin(scene: Scene): Promise<() => Promise<void>>;
}

export const nothing = async (): Promise<void> => undefined;
