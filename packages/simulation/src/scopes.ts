import type { Scope } from '@pilotlight/cache-core';
import type { SeededRandom } from '@pilotlight/cache-core/testing';

/**
 * What part of the data a simulated answer depends on, or a simulated write changes. Each dimension is present and not
 * empty.
 */
export interface SimulatedScope {
  readonly from: number;
  readonly to: number;
  readonly levels: readonly string[];
}

const LATEST = 12;
const LEVELS = ['info', 'warn', 'error'];

export function drawScope(random: SeededRandom): SimulatedScope {
  const from = random.between(0, LATEST - 1);
  const levels = LEVELS.filter(() => random.chance(0.5));
  return {
    from,
    to: random.between(from + 1, LATEST),
    levels: levels.length > 0 ? levels : [random.oneOf(LEVELS)],
  };
}

export function scopeOf({ from, to, levels }: SimulatedScope): Scope {
  return { time: { from, to }, level: levels };
}

/** Reference implementation of matching: compares each instant and level of one scope with each of the other. */
export function meet(a: SimulatedScope, b: SimulatedScope): boolean {
  const sharesLevel = a.levels.some((level) => b.levels.some((other) => other === level));
  for (let instant = 0; instant < LATEST; instant++) {
    const isInBoth = a.from <= instant && instant < a.to && b.from <= instant && instant < b.to;
    if (isInBoth && sharesLevel) return true;
  }
  return false;
}
