import type { Parts } from './parts.ts';
import type { Fault } from './plan.ts';
import type { Workload } from './workload.ts';
import type { Node } from './world.ts';

export interface FaultsParts extends Parts {
  readonly workload: Workload;
  /** Another process takes the place of this one. */
  readonly replace: (node: Node, how: 'crash' | 'redeploy', afterMs: number) => void;
}

/** What goes wrong. */
export class Faults {
  readonly #parts: FaultsParts;
  readonly #inject: Readonly<Record<Fault, (node: Node, ms: number) => void>> = {
    freeze: (node, ms) => this.#freeze(node, ms),
    slow: (node, ms) => this.#slow(node, ms),
    crash: (node) => this.#crash(node),
    redeploy: (node) => this.#redeploy(node),
    cut: (node, ms) => this.#cutOff(node, ms),
    'cut-shared': (node, ms) => this.#cutOffShared(node, ms),
    'flush-log': () => this.#flushLog(),
    'fork-log': () => this.#forkLog(),
    forget: () => this.#forget(),
    evict: () => this.#evict(),
    'flush-shared': () => this.#flushShared(),
    'shared-fails': () => this.#failShared(),
    'jump-clock': (node) => this.#jumpClock(node),
  };

  constructor(parts: FaultsParts) {
    this.#parts = parts;
  }

  /** Hits a process, or a server. Half of the times that it lasts are short, half may be longer than a lease. */
  inject(fault: Fault, node: Node): void {
    const { plan, random } = this.#parts;
    const { leaseMs } = plan;
    const ms = random.chance(0.5) ? random.between(5, leaseMs / 2) : random.between(leaseMs / 2, 3 * leaseMs);
    this.#inject[fault](node, ms);
  }

  /** What is asked of a frozen process awaits it; meanwhile others write. */
  #freeze(node: Node, ms: number): void {
    const { world, workload, random, nodes } = this.#parts;
    this.#note(node, `is frozen for ${ms} ms`);
    node.host.freeze(ms);
    for (let i = random.between(0, 3); i > 0; i--) workload.begin(random.oneOf(['read', 'batch', 'warm', 'get']), node);
    world.clock.after(random.between(0, ms), () => workload.begin('write', random.oneOf(nodes())));
  }

  #slow(node: Node, ms: number): void {
    this.#note(node, `has slow connections for ${ms} ms`);
    node.host.slowDown(ms);
  }

  #crash(node: Node): void {
    this.#note(node, 'crashes');
    this.#parts.replace(node, 'crash', this.#parts.random.between(0, this.#parts.plan.leaseMs));
  }

  #redeploy(node: Node): void {
    this.#note(node, 'is stopped in good order');
    this.#parts.replace(node, 'redeploy', this.#parts.random.between(0, this.#parts.plan.leaseMs));
  }

  /** All connections to the durable server, or some of them. */
  #cutOff(node: Node, ms: number): void {
    const { durable, stream, locks } = node;
    const [what, links] = this.#parts.random.oneOf([
      ['the log and the locks', [durable, stream, locks]],
      ['the log', [durable, stream]],
      ['the log’s commands', [durable]],
      ['the log’s stream', [stream]],
    ] as const);
    this.#note(node, `is cut off from ${what} for ${ms} ms`);
    this.#cut(links, ms);
  }

  #cutOffShared(node: Node, ms: number): void {
    this.#note(node, `is cut off from the shared tier for ${ms} ms`);
    this.#cut([node.shared], ms);
  }

  #flushLog(): void {
    const { world } = this.#parts;
    this.#noteServer('the durable server loses all its data');
    world.locks.flushAll();
    world.log.flushAll();
    this.#stir();
  }

  #forkLog(): void {
    const { world, random } = this.#parts;
    const losingLast = random.between(0, 3);
    this.#noteServer(`the durable server restarts without its last ${losingLast} appends`);
    world.log.restart({ losingLast });
    this.#stir();
  }

  #forget(): void {
    this.#noteServer('the register forgets whose lease has run out');
    this.#parts.world.log.forgetLapsed(this.#parts.plan.leaseMs);
  }

  #evict(): void {
    const { world, random, plan } = this.#parts;
    const { name, key } = random.oneOf(plan.keys);
    this.#noteServer(`the shared tier evicts ${name}`);
    world.shared.evict(key);
  }

  #flushShared(): void {
    this.#noteServer('the shared tier loses all its data');
    this.#parts.world.shared.evict();
  }

  #failShared(): void {
    const { world, random, plan } = this.#parts;
    const how = random.oneOf(['hang', 'reject'] as const);
    const ms = random.between(10, plan.leaseMs);
    this.#noteServer(`the shared tier ${how}s for ${ms} ms`, ms);
    world.shared.fail(how);
    world.clock.after(ms, () => world.shared.recover());
  }

  /** The servers' clock is only set forward: the epochs of a log that lost its data are held to it. */
  #jumpClock(node: Node): void {
    const { world, random, plan } = this.#parts;
    const byMs = random.between(-4 * plan.leaseMs, 4 * plan.leaseMs);
    if (random.chance(0.5)) {
      this.#note(node, `has its wall clock set by ${byMs} ms`);
      node.host.stepWall(byMs);
    } else {
      this.#noteServer(`all wall clocks are set by ${Math.abs(byMs)} ms`);
      world.clock.stepWall(Math.abs(byMs));
    }
  }

  /** In an epoch that is new the first writes come at once, from anywhere. */
  #stir(): void {
    const { world, workload, random, nodes } = this.#parts;
    for (let i = random.between(0, 3); i > 0; i--) {
      const operation = random.oneOf(['write', 'write', 'read'] as const);
      world.clock.after(random.between(0, 30), () => workload.begin(operation, random.oneOf(nodes())));
    }
  }

  #cut(links: readonly { cut(): void; mend(): void }[], ms: number): void {
    for (const link of links) link.cut();
    this.#parts.world.clock.after(ms, () => {
      for (const link of links) link.mend();
    });
  }

  #note({ host }: Node, what: string): void {
    this.#parts.history.fault(host.name, what);
  }

  #noteServer(what: string, forMs = 0): void {
    this.#parts.history.fault(null, what);
    this.#parts.world.hurt(forMs);
  }
}
