import { buildKey, type CacheKey } from '../../key.ts';
import { resolvePolicy } from '../../policy.ts';
import type { Selector } from '../../selector.ts';
import { type SimulatedProcess, SimulatedWorld } from '../simulated-world.ts';
import { History } from './history.ts';
import { FragileProcess } from './processes.ts';
import { SeededRandom } from './seeded-random.ts';

/** One simulation. */
export interface SimulationOptions {
  /** Decides everything that happens: the same seed, the same history. */
  readonly seed: number;
  /** Takes a part of the engine away, or puts another in its place, to see that the check finds it. */
  readonly tamper?: (process: SimulatedProcess) => void;
}

const PROCESSES = 3;
const KEYS = ['a', 'b'];
const RUN_MS = 9_000;
/** Longer than any fault, lease and load: what has not ended by then never will. */
const CALM_MS = 40_000;
const BLIND_FRESH_MS = 2_000;
const POLICY = resolvePolicy({ freshFor: '1s', staleFor: '1s', jitter: 0.5, hardTimeout: '5s' });

/**
 * Several processes of the real engine on servers in memory, under one clock and one seed that decides every delay and
 * fault: slow and lost replies, frozen and cut-off processes, a log server that is flushed or restarted without its tail,
 * a shared tier that evicts, refuses or hangs, a register that forgets. The same seed gives the same history.
 */
export async function simulate(options: SimulationOptions): Promise<History> {
  const simulation = new Simulation(options);
  await simulation.run();
  return simulation.history;
}

class Simulation {
  readonly history = new History(BLIND_FRESH_MS);
  readonly #random: SeededRandom;
  readonly #world = new SimulatedWorld();
  readonly #processes: FragileProcess[];
  readonly #truth = new Map(KEYS.map((key) => [key, 0]));
  readonly #keys = new Map(KEYS.map((key) => [key, buildKey({ prefix: `p-${key}`, name: 'n', params: null })]));

  constructor({ seed, tamper }: SimulationOptions) {
    this.#random = new SeededRandom(seed);
    this.#processes = Array.from(
      { length: PROCESSES },
      (_, i) => new FragileProcess(`p${i + 1}`, this.#world, this.#random),
    );
    for (const { process } of this.#processes) tamper?.(process);
  }

  async run(): Promise<void> {
    const { clock } = this.#world;
    for (const { process } of this.#processes) void process.cache.start();
    await clock.advance(1_500);
    const end = clock.monotonic() + RUN_MS;
    while (clock.monotonic() < end) {
      const process = this.#random.oneOf(this.#processes);
      if (!process.isFrozen) this.#step(process, this.#random.oneOf(KEYS));
      await clock.advance(this.#random.between(1, 25));
    }
    await clock.advance(CALM_MS);
    if (this.history.open > 0) this.history.wrong.push(`${this.history.open} reads and writes never ended`);
    await this.#world.close();
  }

  #step(process: FragileProcess, key: string): void {
    const { log, shared, clock } = this.#world;
    const random = this.#random;
    const steps: [share: number, step: () => void][] = [
      [0.8, () => void this.#read(process, key)],
      [0.13, () => void this.#write(process, key)],
      [0.015, () => process.cutOff(random.between(50, 2_500))],
      [0.01, () => process.freeze(random.chance(0.5) ? random.between(10, 300) : random.between(300, 3_000))],
      [0.005, () => log.flushAll()],
      [0.005, () => log.restart({ losingLast: random.between(0, 3) })],
      [0.02, () => shared.evict(this.#keyOf(key))],
      [0.005, () => shared.fail(random.chance(0.5) ? 'hang' : 'reject')],
      [0.01, () => void clock.sleep(random.between(10, 500)).then(() => shared.recover())],
    ];
    let left = random.next() * steps.reduce((sum, [share]) => sum + share, 0);
    for (const [share, step] of steps) {
      left -= share;
      if (left >= 0) continue;
      step();
      return;
    }
  }

  async #read({ name, process }: FragileProcess, key: string): Promise<void> {
    const { clock } = this.#world;
    const beganAt = clock.monotonic();
    this.history.begin();
    try {
      const cacheKey = this.#keyOf(key);
      const load = this.#loadOf(key);
      const answer =
        process.cache.hit(cacheKey, load, POLICY, null) ?? (await process.cache.read(cacheKey, load, POLICY, null));
      const value = Number(answer.kept.entry.body.toString());
      this.history.read({ process: name, key, value, beganAt, endedAt: clock.monotonic() }, answer);
    } catch {
      this.history.readFailed();
    }
  }

  /** Sees the truth at some moment of its time, and knows its tag only then. */
  #loadOf(key: string) {
    return async ({ tag }: { tag(name: string): void }): Promise<number> => {
      const { clock } = this.#world;
      await clock.sleep(this.#random.between(0, 10));
      const value = this.#truth.get(key) ?? 0;
      tag(`t-${key}`);
      await clock.sleep(this.#random.chance(0.3) ? this.#random.between(20, 400) : this.#random.between(0, 10));
      return value;
    };
  }

  async #write({ process }: FragileProcess, key: string): Promise<void> {
    const { clock } = this.#world;
    const value = (this.#truth.get(key) ?? 0) + 1;
    this.#truth.set(key, value);
    this.history.begin();
    this.history.made(key, value, clock.monotonic());
    await clock.sleep(this.#random.between(0, 20));
    const receipt = await process.cache.invalidate(this.#selectorOf(key));
    if (receipt.state === 'applied') this.history.acknowledged(key, value, clock.monotonic());
    else this.history.pending();
  }

  #selectorOf(key: string): Selector {
    return this.#random.oneOf<Selector>([{ prefix: `p-${key}` }, { tag: `t-${key}` }, { key: this.#keyOf(key) }]);
  }

  #keyOf(key: string): CacheKey {
    const cacheKey = this.#keys.get(key);
    if (!cacheKey) throw new Error(`expected one of ${KEYS.join(', ')}, got ${key}`);
    return cacheKey;
  }
}
