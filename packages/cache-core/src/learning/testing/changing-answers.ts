import { SeededRandom } from '../../testing/seeded-random.ts';

/** Yields the instants at which the answer of a key changes, in ms, in order. */
export type ChangesOf = (key: string, random: SeededRandom) => Iterator<number>;

interface State {
  readonly changes: Iterator<number>;
  version: number;
  nextAt: number;
  /** The instants of the changes so far. */
  readonly changedAt: number[];
}

/**
 * Data with unannounced changes. The changes of a key depend only on the seed and the key, so two policies face the same
 * data.
 */
export class ChangingAnswers {
  readonly #seed: number;
  readonly #changesOf: ChangesOf;
  readonly #states = new Map<string, State>();

  constructor(seed: number, changesOf: ChangesOf) {
    this.#seed = seed;
    this.#changesOf = changesOf;
  }

  /** Returns the number of changes until then. The instants of a key have to be requested in order. */
  version(key: string, at: number): number {
    const state = this.#stateOf(key);
    while (state.nextAt <= at) {
      state.version++;
      state.changedAt.push(state.nextAt);
      state.nextAt = nextOf(state.changes);
    }
    return state.version;
  }

  /** Returns how long the data of `version` has been wrong, in ms; 0 if it is the data of `at`. */
  wrongForMs(key: string, version: number, at: number): number {
    if (this.version(key, at) <= version) return 0;
    return at - (this.#stateOf(key).changedAt[version] ?? at);
  }

  #stateOf(key: string): State {
    const there = this.#states.get(key);
    if (there) return there;
    const changes = this.#changesOf(key, new SeededRandom(this.#seed ^ seedOf(key)));
    const state = { changes, version: 0, nextAt: nextOf(changes), changedAt: [] };
    this.#states.set(key, state);
    return state;
  }
}

function nextOf(changes: Iterator<number>): number {
  const next = changes.next();
  return next.done ? Number.POSITIVE_INFINITY : next.value;
}

/** A Poisson process with the given number of changes per millisecond; 0 for none. */
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

/** Returns a distinct number for each text. */
export function seedOf(text: string): number {
  let seed = 17;
  for (let i = 0; i < text.length; i++) seed = (Math.imul(seed, 31) + text.charCodeAt(i)) | 0;
  return seed;
}
