import { SeededRandom } from '../../testing/simulation/seeded-random.ts';

/** The instants at which the answer of a key changes, in milliseconds, one after the other. */
export type ChangesOf = (key: string, random: SeededRandom) => Iterator<number>;

interface State {
  readonly changes: Iterator<number>;
  version: number;
  nextAt: number;
}

/**
 * Data that changes by itself and announces nothing. The changes of a key depend on the seed and the key alone, so two
 * policies are asked the same.
 */
export class ChangingWorld {
  readonly #seed: number;
  readonly #changesOf: ChangesOf;
  readonly #states = new Map<string, State>();

  constructor(seed: number, changesOf: ChangesOf) {
    this.#seed = seed;
    this.#changesOf = changesOf;
  }

  /** How often the answer has changed until then. Instants of a key have to be asked in their order. */
  version(key: string, at: number): number {
    const state = this.#stateOf(key);
    while (state.nextAt <= at) {
      state.version++;
      state.nextAt = nextOf(state.changes);
    }
    return state.version;
  }

  #stateOf(key: string): State {
    const there = this.#states.get(key);
    if (there) return there;
    const changes = this.#changesOf(key, new SeededRandom(this.#seed ^ seedOf(key)));
    const state = { changes, version: 0, nextAt: nextOf(changes) };
    this.#states.set(key, state);
    return state;
  }
}

function nextOf(changes: Iterator<number>): number {
  const next = changes.next();
  return next.done ? Number.POSITIVE_INFINITY : next.value;
}

/** A Poisson process of so many changes per millisecond; 0: none. */
export function* poisson(
  rate: number,
  random: SeededRandom,
  from = 0,
  until = Number.POSITIVE_INFINITY,
): Generator<number> {
  if (rate <= 0) return;
  for (let at = from; ; ) {
    at += -Math.log(1 - random.next()) / rate;
    if (at >= until) return;
    yield at;
  }
}

/** A number of its own for each text. */
export function seedOf(text: string): number {
  let seed = 17;
  for (let i = 0; i < text.length; i++) seed = (Math.imul(seed, 31) + text.charCodeAt(i)) | 0;
  return seed;
}
