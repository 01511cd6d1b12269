import type { Load } from '../../engine/load.ts';
import type { History, Source } from './history.ts';
import type { Plan } from './plan.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Node, World } from './world.ts';

/** What a simulated load fails with. */
export class SimulatedFailure extends Error {
  readonly code = 'SIMULATED_FAILURE';
}

/** Holds the truth: a number per key that only rises. Loads see it at some moment of their time. */
export class Origin {
  readonly #world: World;
  readonly #plan: Plan;
  readonly #random: SeededRandom;
  readonly #history: History;
  readonly #states = new Map<string, number>();
  #isHurt = true;

  constructor(world: World, plan: Plan, random: SeededRandom, history: History) {
    this.#world = world;
    this.#plan = plan;
    this.#random = random;
    this.#history = history;
  }

  /** From now on no load fails or hangs. */
  calm(): void {
    this.#isHurt = false;
  }

  /** A committed write: who asks from now on sees the next state. */
  write(key: string): number {
    const state = (this.#states.get(key) ?? 0) + 1;
    this.#states.set(key, state);
    this.#history.made(key, state);
    return state;
  }

  stateOf(key: string): number {
    return this.#states.get(key) ?? 0;
  }

  /** Answers with the number of its source, and knows its tags only at the end. */
  load({ host, cache }: Node, key: string): Load {
    return ({ tag }) => {
      const { follower } = cache.engine;
      const source = this.#history.begin({ kind: 'load', process: host.name, key, state: -1, stamp: follower.stamp });
      const { promise, resolve, reject } = Promise.withResolvers<number>();
      this.#world.clock.after(this.#random.between(0, 4), () => {
        source.state = this.stateOf(key);
        this.#world.clock.after(this.#answerMs(), () => host.deliver(() => this.#answer(source, resolve, reject, tag)));
      });
      return promise;
    };
  }

  #answer(
    source: Source,
    resolve: (id: number) => void,
    reject: (error: Error) => void,
    tag: (...tags: string[]) => void,
  ): void {
    const { hangShare, failShare } = this.#plan.origin;
    if (this.#isHurt && this.#random.chance(hangShare)) return;
    source.ended = this.#history.moment();
    if (this.#isHurt && this.#random.chance(failShare)) {
      reject(new SimulatedFailure('the simulated origin failed'));
      return;
    }
    tag(`t-${source.key}`, 't-all');
    resolve(source.id);
  }

  #answerMs(): number {
    const { slowShare, slowMs } = this.#plan.origin;
    return this.#random.chance(slowShare) ? this.#random.between(10, slowMs) : this.#random.between(0, 4);
  }
}
