import type { Clock } from '../../clock.ts';
import type { ManualClock } from '../manual-clock.ts';
import type { SimulatedProcess, SimulatedWorld } from '../simulated-world.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A process whose messages are sometimes slow or lost, and which can be frozen like one that got SIGSTOP. */
export class FragileProcess {
  readonly name: string;
  readonly process: SimulatedProcess;
  readonly #clock: ManualClock;
  readonly #random: SeededRandom;
  #frozenUntil = 0;

  constructor(name: string, world: SimulatedWorld, random: SeededRandom) {
    this.name = name;
    this.#clock = world.clock;
    this.#random = random;
    this.process = world.unstarted({ id: name, random: random.next, clock: this.#ownClock() });
    const { durable, locks, shared } = this.process;
    const slowness = () => (random.chance(0.03) ? random.between(5, 200) : random.between(0, 2));
    for (const link of [durable, locks, shared]) {
      link.requestMs = slowness;
      link.replyMs = () => Math.max(slowness(), this.#msUntilAwake());
      link.losesReply = () => random.chance(0.01);
    }
  }

  get isFrozen(): boolean {
    return this.#clock.monotonic() < this.#frozenUntil;
  }

  /** It does nothing and hears nothing for so long, and does not notice. */
  freeze(ms: number): void {
    this.#frozenUntil = this.#clock.monotonic() + ms;
  }

  /** It can't reach log and locks for so long. */
  cutOff(ms: number): void {
    const { durable, locks } = this.process;
    for (const link of [durable, locks]) link.cut();
    void this.#clock.sleep(ms).then(() => {
      for (const link of [durable, locks]) link.mend();
    });
  }

  #ownClock(): Clock {
    const clock = this.#clock;
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      sleep: async (ms, signal) => {
        await clock.sleep(ms, signal);
        while (this.isFrozen) await clock.sleep(this.#msUntilAwake());
      },
    };
  }

  #msUntilAwake(): number {
    const ms = this.#frozenUntil - this.#clock.monotonic();
    return ms > 0 ? ms + this.#random.between(0, 3) : 0;
  }
}
