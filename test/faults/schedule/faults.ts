import type { SeededRandom } from '@pilotlight/cache-core/testing';
import type { Fault } from './fault.ts';
import { NETWORK_FAULTS } from './network-faults.ts';
import { PROCESS_FAULTS } from './process-faults.ts';
import { SERVER_FAULTS } from './server-faults.ts';

export const FAULTS: readonly Fault[] = [...PROCESS_FAULTS, ...SERVER_FAULTS, ...NETWORK_FAULTS];

const SHARE_OF_PAIRS = 0.3;

/**
 * Groups of concurrent faults, in the order in which a seed draws them. Every kind comes once before one comes again.
 */
export class Draws {
  readonly #random: SeededRandom;
  #left: Fault[] = [];

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  next(): readonly Fault[] {
    const first = this.#draw(() => true);
    if (!this.#random.chance(SHARE_OF_PAIRS)) return [first];
    return [first, this.#draw(({ to }) => to !== first.to)];
  }

  #draw(fits: (fault: Fault) => boolean): Fault {
    if (!this.#left.some(fits)) this.#left = [...FAULTS];
    const fault = this.#random.oneOf(this.#left.filter(fits));
    this.#left = this.#left.filter((other) => other !== fault);
    return fault;
  }
}
