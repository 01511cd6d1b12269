import type { Load, LoadContext, LoadMany } from '@pilotlight/cache-core';
import type { SeededRandom } from '@pilotlight/cache-core/testing';
import type { Checker } from './checker.ts';
import type { History, Source } from './history.ts';
import { nameOf, type Plan } from './plan.ts';
import { scopeOf } from './scopes.ts';
import type { Node, World } from './world.ts';

/** The error of a failing simulated load. */
class SimulatedFailure extends Error {
  readonly code = 'SIMULATED_FAILURE';
}

/** The parts that the simulated origin uses. */
export interface OriginParts {
  readonly world: World;
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly history: History;
  readonly checker: Checker;
}

/** Share of loads that declare their answer unstorable, or the previous answer still valid. */
const SKIP_SHARE = 0.02;
const RENEW_SHARE = 0.5;

/** Holds the truth: one rising number per key. A load reads it at some moment of its duration. */
export class SimulatedOrigin {
  readonly #parts: OriginParts;
  readonly #states = new Map<string, number>();
  #isHurt = true;
  /** Duration of the next load of a key in a process. */
  readonly #prolonged = new Map<string, number>();

  constructor(parts: OriginParts) {
    this.#parts = parts;
  }

  /** From now on no load fails or hangs. */
  calm(): void {
    this.#isHurt = false;
  }

  /** Makes the next load of this key in this process take `ms` milliseconds. */
  prolongNext({ host }: Node, key: string, ms: number): void {
    this.#prolonged.set(`${host.name} ${key}`, ms);
  }

  /** Commits a write: later loads see the new states. */
  write(keys: readonly string[]): ReadonlyMap<string, number> {
    const states = new Map(keys.map((key) => [key, this.#stateOf(key) + 1]));
    for (const [key, state] of states) {
      this.#states.set(key, state);
      this.#parts.history.made(key, state);
    }
    return states;
  }

  /** Returns the number of its source, and declares what it depends on only at the end. */
  load(node: Node, name: string): Load {
    return async (context) => {
      const source = this.#begin(node, name);
      await this.#answer(node, [source]);
      return this.#said(source, context);
    };
  }

  loadMany(node: Node): LoadMany<string, number> {
    return async (keys, contexts) => {
      const sources = keys.map((key) => this.#begin(node, nameOf(key)));
      await this.#answer(node, sources);
      return sources.map((source, i) => {
        const context = contexts[i];
        if (!context) throw new Error(`expected a context for each of ${keys.length} keys, got ${contexts.length}`);
        return this.#said(source, context);
      });
    };
  }

  #begin({ host, cache }: Node, key: string): Source {
    const { stamp } = cache.internal.engine.follower;
    const { history, checker, plan, world } = this.#parts;
    const source = history.begin({ kind: 'load', process: host.name, key, state: -1, stamp });
    const isCold = plan.keys.every(({ name }) => name !== key);
    if (isCold && world.hurtUntil < source.began.at - 2 * plan.waitForFillMs) checker.began(source);
    return source;
  }

  /** Reads the truth, and settles a while later with the answer or an error, or never. */
  #answer({ host }: Node, sources: readonly Source[]): Promise<void> {
    const { world, plan, random, history } = this.#parts;
    const { hangShare, failShare } = plan.origin;
    return new Promise((resolve, reject) => {
      const end = () => {
        if (this.#isHurt && random.chance(hangShare)) return;
        for (const source of sources) source.ended = history.moment();
        if (this.#isHurt && random.chance(failShare)) reject(new SimulatedFailure('the simulated origin failed'));
        else resolve();
      };
      world.clock.after(random.between(0, 4), () => {
        for (const source of sources) source.state = this.#stateOf(source.key);
        world.clock.after(this.#answerMs(host.name, sources), () => host.deliver(end));
      });
    });
  }

  #said(source: Source, context: LoadContext): number | ReturnType<LoadContext['notModified']> {
    const { plan, random, history } = this.#parts;
    const key = plan.keys.find(({ name }) => name === source.key);
    context.tag(`t-${source.key}`, 't-all');
    if (!key) return source.id;
    if (key.scope) context.scope(scopeOf(key.scope));
    if (random.chance(SKIP_SHARE)) {
      source.isSkipped = true;
      context.skipStore();
    }
    const before = context.stale && history.sources[Number(context.stale.value)];
    if (!before || before.state !== source.state || !random.chance(RENEW_SHARE)) return source.id;
    if (!before.renewed || before.renewed.order < source.began.order) before.renewed = source.began;
    return context.notModified();
  }

  #answerMs(process: string, [first]: readonly Source[]): number {
    const { random, plan } = this.#parts;
    const name = `${process} ${first?.key}`;
    const prolongedMs = this.#prolonged.get(name);
    if (prolongedMs !== undefined) {
      this.#prolonged.delete(name);
      return prolongedMs;
    }
    const { slowShare, slowMs } = plan.origin;
    return random.chance(slowShare) ? random.between(10, slowMs) : random.between(0, 4);
  }

  #stateOf(key: string): number {
    return this.#states.get(key) ?? 0;
  }
}
