import type { CacheManager } from '@pilotlight/cache-core';
import { SeededRandom } from '@pilotlight/cache-core/testing';
import { Checker } from './checker.ts';
import { Faults } from './faults.ts';
import { History } from './history.ts';
import { SimulatedOrigin } from './origin.ts';
import { drawPlan, type Plan } from './plan.ts';
import type { Report } from './report.ts';
import { watchLog, watchMemory } from './tier-watch.ts';
import { Workload } from './workload.ts';
import { type Node, World } from './world.ts';

/** Options of one simulation. */
export interface SimulationOptions {
  /** Determines everything that happens: the same seed gives the same history. */
  readonly seed: number;
  /** Removes or replaces a part of the engine, to show that the check detects it. */
  readonly tamper?: (process: { readonly cache: CacheManager }) => void;
}

/** Result of one seed. */
export interface SimulationResult {
  readonly seed: number;
  /** Each broken promise with the events around it. Empty if all were kept. */
  readonly wrong: readonly Report[];
  /** Counts of each kind of event: reads, hits, loads, writes, faults. */
  readonly tally: Readonly<Record<string, number>>;
  /** Equal for each run of the seed, and different for another history. */
  readonly digest: number;
}

/** Longer than any lease, load and number of tries: an operation that has not ended by then never will. */
const CALM_MS = 20_000;
/** Separates the random numbers that draw the reads of own writes from all others. */
const OWN_WRITES_SEED = 2_000_003;
/** Probability that one fault brings others, and how soon. */
const STORM_SHARE = 0.25;
const STORM_MS = 60;

/**
 * Simulates several processes of the real engine on servers in memory, under one clock, with one seed that decides
 * every delay and fault: slow and lost messages, frozen, crashed and cut-off processes, a log server that is flushed or
 * restarted without its tail, a shared tier that evicts, refuses or hangs, and clocks that are set. The same seed gives
 * the same history.
 */
export async function simulate({ seed, tamper }: SimulationOptions): Promise<SimulationResult> {
  const simulation = new Simulation(seed, tamper ?? (() => undefined));
  await simulation.run();
  return { seed, wrong: simulation.checker.wrong, tally: simulation.history.tally, digest: simulation.history.digest };
}

class Simulation {
  readonly history: History;
  readonly checker: Checker;
  readonly #random: SeededRandom;
  readonly #plan: Plan;
  readonly #world: World;
  readonly #origin: SimulatedOrigin;
  readonly #workload: Workload;
  readonly #faults: Faults;
  readonly #tamper: (node: Node) => void;
  #nodes: Node[] = [];
  #isOver = false;

  constructor(seed: number, tamper: (node: Node) => void) {
    this.#tamper = tamper;
    const random = new SeededRandom(seed);
    const plan = drawPlan(random, new SeededRandom(seed + OWN_WRITES_SEED));
    const world = new World(plan, random);
    const history = new History(() => world.clock.monotonic());
    const checker = new Checker(history, plan);
    const origin = new SimulatedOrigin({ world, plan, random, history, checker });
    const parts = { world, plan, random, history, checker, origin };
    const nodes = () => this.#nodes;
    this.#workload = new Workload({ ...parts, nodes });
    const replace = this.#replace.bind(this);
    this.#faults = new Faults({ ...parts, nodes, workload: this.#workload, isOver: () => this.#isOver, replace });
    this.history = history;
    this.checker = checker;
    this.#random = random;
    this.#plan = plan;
    this.#world = world;
    this.#origin = origin;
    world.shared.filled = (key, before, stamp) => checker.stored(key, before, stamp);
    world.sends = ({ host, cache }, key, stamp) =>
      checker.tier(host.name, 'sends to the shared tier', { key, ...stamp }, cache.internal.engine.follower.stamp);
    watchLog(world.log, history);
  }

  async run(): Promise<void> {
    const { clock } = this.#world;
    const { runMs, leaseMs, processes } = this.#plan;
    for (let place = 0; place < processes; place++) this.#start(place);
    clock.after(0, () => this.#step());
    await clock.run(runMs);
    this.#calm();
    await clock.run(2 * leaseMs);
    for (const node of this.#nodes) {
      for (const { name } of this.#plan.keys)
        void this.#workload.readers.read(node, name, (read, answer) => this.checker.calmAgain(read, answer));
    }
    await clock.run(CALM_MS, () => this.checker.open === 0);
    this.checker.neverEnded();
  }

  #start(place: number): Node {
    const node = this.#world.node(place);
    watchMemory(node, this.checker);
    this.#tamper(node);
    this.#nodes.push(node);
    node.cache.internal.engine.follower.start(); // Everything that `start` does except the counters, which are not read here.
    return node;
  }

  /** Runs one operation or fault, and schedules the next one. */
  #step(): void {
    const random = this.#random;
    const { operations, faults, faultShare, pauseMs } = this.#plan;
    if (this.#isOver) return;
    const node = random.oneOf(this.#nodes);
    if (faults.length > 0 && random.chance(faultShare)) this.#harm(node);
    else this.#workload.begin(random.weighted(operations), node);
    this.#world.clock.after(random.between(0, pauseMs), () => this.#step());
  }

  /** Injects a fault, or several of them close together. */
  #harm(node: Node): void {
    const random = this.#random;
    const { faults } = this.#plan;
    this.#faults.inject(random.weighted(faults), node);
    if (!random.chance(STORM_SHARE)) return;
    for (let more = random.between(1, 3); more > 0; more--) {
      this.#world.clock.after(random.between(0, STORM_MS), () => {
        if (!this.#isOver) this.#faults.inject(random.weighted(faults), random.oneOf(this.#nodes));
      });
    }
  }

  /** Replaces a process that crashes or is stopped; at least one remains. */
  #replace(node: Node, how: 'crash' | 'redeploy', afterMs: number): void {
    const { clock } = this.#world;
    if (this.#nodes.length === 1) return;
    this.#nodes = this.#nodes.filter((other) => other !== node);
    if (how === 'crash') {
      node.host.crash();
      this.checker.crashed(node.host.name);
    } else {
      node.host.deliver(() => void node.cache.close());
    }
    clock.after(afterMs, () => {
      const successor = this.#start(node.place);
      this.#faults.staged.newcomer(successor);
    });
  }

  /** No faults from now on. */
  #calm(): void {
    this.#isOver = true;
    this.#world.calm();
    this.#origin.calm();
    for (const { host, durable, stream, locks, shared } of this.#nodes) {
      host.wake();
      for (const link of [durable, stream, locks, shared]) link.mend();
    }
    this.#world.shared.recover();
  }
}
