import type { History } from './history.ts';
import type { Fault, Plan } from './plan.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Node, World } from './world.ts';

export interface FaultsParts {
  readonly world: World;
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly history: History;
  readonly replace: (node: Node, how: 'crash' | 'redeploy', afterMs: number) => void;
}

/** What goes wrong. */
export class Faults {
  readonly #parts: FaultsParts;

  constructor(parts: FaultsParts) {
    this.#parts = parts;
  }

  inject(fault: Fault, node: Node): void {
    const { world, plan, random, history, replace } = this.#parts;
    const { host } = node;
    const { leaseMs } = plan;
    const ms = random.chance(0.5) ? random.between(5, leaseMs / 2) : random.between(leaseMs / 2, 3 * leaseMs);
    switch (fault) {
      case 'freeze':
        history.fault(host.name, `is frozen for ${ms} ms`);
        return host.freeze(ms);
      case 'crash':
      case 'redeploy':
        history.fault(host.name, fault === 'crash' ? 'crashes' : 'is stopped in good order');
        return replace(node, fault, random.between(0, leaseMs));
      case 'cut':
        history.fault(host.name, `is cut off from the log for ${ms} ms`);
        return this.#cut([node.durable, node.locks], ms);
      case 'cut-shared':
        history.fault(host.name, `is cut off from the shared tier for ${ms} ms`);
        return this.#cut([node.shared], ms);
      case 'jump-clock': {
        const byMs = random.between(-4 * leaseMs, 4 * leaseMs);
        history.fault(host.name, `has its wall clock set by ${byMs} ms`);
        return random.chance(0.5) ? host.stepWall(byMs) : world.clock.stepWall(Math.abs(byMs));
      }
      default:
        world.hurt();
        return this.#hurtServer(fault);
    }
  }

  #hurtServer(fault: Exclude<Fault, 'freeze' | 'crash' | 'redeploy' | 'cut' | 'cut-shared' | 'jump-clock'>): void {
    const { world, plan, random, history } = this.#parts;
    switch (fault) {
      case 'flush-log':
        history.fault(null, 'the durable server loses all its data');
        world.locks.flushAll();
        return world.log.flushAll();
      case 'fork-log': {
        const losingLast = random.between(0, 3);
        history.fault(null, `the durable server restarts without its last ${losingLast} appends`);
        return world.log.restart({ losingLast });
      }
      case 'forget':
        history.fault(null, 'the register forgets whose lease has run out');
        return world.log.forgetLapsed(plan.leaseMs);
      case 'evict':
        return world.shared.evict(random.oneOf(plan.keys).key);
      case 'flush-shared':
        history.fault(null, 'the shared tier loses all its data');
        return world.shared.evict();
      case 'shared-fails': {
        const how = random.oneOf(['hang', 'reject'] as const);
        const ms = random.between(10, plan.leaseMs);
        history.fault(null, `the shared tier ${how}s for ${ms} ms`);
        world.shared.fail(how);
        world.hurt(ms);
        world.clock.after(ms, () => world.shared.recover());
      }
    }
  }

  #cut(links: readonly { cut(): void; mend(): void }[], ms: number): void {
    for (const link of links) link.cut();
    this.#parts.world.clock.after(ms, () => {
      for (const link of links) link.mend();
    });
  }
}
