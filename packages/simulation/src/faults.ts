import { LOG_PARTS } from '@pilotlight/cache-core/internals';
import type { FaultsParts } from './faults-parts.ts';
import type { Fault } from './plan.ts';
import { StagedFaults } from './staged-faults.ts';
import type { Node } from './world.ts';

/** Injects faults. */
export class Faults {
  readonly staged: StagedFaults;
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
    'lose-part': () => this.#losePart(),
    evict: () => this.#evict(),
    'flush-shared': () => this.#flushShared(),
    'shared-fails': () => this.#failShared(),
    'jump-clock': (node) => this.#jumpClock(node),
    'slow-append': (node) => this.staged.slowAppend(node),
    lapse: (node) => this.staged.lapse(node),
  };

  constructor(parts: FaultsParts) {
    this.#parts = parts;
    this.staged = new StagedFaults(parts);
  }

  /** Injects a fault into a process or a server. Half of the durations are short; the other half may exceed a lease. */
  inject(fault: Fault, node: Node): void {
    const { plan, random } = this.#parts;
    const { leaseMs } = plan;
    const ms = random.chance(0.5) ? random.between(5, leaseMs / 2) : random.between(leaseMs / 2, 3 * leaseMs);
    this.#inject[fault](node, ms);
  }

  /** Freezes a process. Operations requested of it wait; meanwhile, and just before it wakes, others write. */
  #freeze(node: Node, ms: number): void {
    const { world, workload, random, nodes, plan } = this.#parts;
    this.#note(node, `is frozen for ${ms} ms`);
    node.host.freeze(ms);
    const key = random.oneOf(plan.keys);
    for (let i = random.between(0, 3); i > 0; i--)
      workload.begin(random.oneOf(['read', 'batch', 'warm', 'get']), node, key);
    const writeAfter = (afterMs: number) =>
      world.clock.after(afterMs, () => workload.begin('write', random.oneOf(nodes()), key));
    if (random.chance(0.5)) writeAfter(random.between(0, ms));
    if (random.chance(0.5)) writeAfter(ms - random.between(0, 20));
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
    this.#note(node, 'is stopped gracefully');
    this.#parts.replace(node, 'redeploy', this.#parts.random.between(0, this.#parts.plan.leaseMs));
  }

  /** Cuts all or some connections to the durable server. */
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
    this.#amidWrites('the durable server loses all its data', () => {
      world.locks.flushAll();
      world.log.flushAll();
    });
  }

  #forkLog(): void {
    const { world, random } = this.#parts;
    const losingLast = random.between(0, 3);
    this.#amidWrites(`the durable server restarts without its last ${losingLast} appends`, () =>
      world.log.restart({ losingLast }),
    );
  }

  /** Evicts or deletes one key of the log. */
  #losePart(): void {
    const { world, random } = this.#parts;
    const part = random.oneOf(LOG_PARTS);
    this.#amidWrites(`the durable server loses the log’s ${part}`, () => world.log.lose(part));
  }

  #forget(): void {
    this.#noteServer('the register forgets followers with expired leases');
    this.#parts.world.log.forgetLapsed();
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

  /** Sets the clock of one process, or those of all processes and servers. */
  #jumpClock(node: Node): void {
    const { world, random, plan } = this.#parts;
    const byMs = random.between(-4 * plan.leaseMs, 4 * plan.leaseMs);
    if (random.chance(0.5)) {
      this.#note(node, `has its wall clock set by ${byMs} ms`);
      node.host.stepWall(byMs);
    } else {
      this.#noteServer(`all wall clocks are set by ${byMs} ms`);
      world.clock.stepWall(byMs);
    }
  }

  /**
   * Injects a server fault while connections break and writes are in progress: knowledge of one epoch must not count in
   * the next. One process mostly writes over slow connections; another is cut off and keeps serving reads.
   */
  #amidWrites(what: string, fault: () => void): void {
    const { world, workload, random, nodes, plan } = this.#parts;
    const at = random.between(0, 20);
    world.clock.after(at, () => {
      this.#noteServer(what);
      fault();
    });
    if (random.chance(0.5)) return;
    const key = random.oneOf(plan.keys);
    const writer = random.oneOf(nodes());
    if (random.chance(0.3)) writer.host.slowDown(at + 10);
    for (let i = random.between(2, 6); i > 0; i--)
      world.clock.after(random.between(0, at + 25), () => workload.begin('write', writer, key));
    const other = random.oneOf(nodes());
    if (other === writer) return;
    const ms = random.between(at, plan.leaseMs);
    this.staged.cutFromLog(other, ms);
    for (let i = random.between(1, 4); i > 0; i--)
      world.clock.after(random.between(at, at + 80), () => workload.begin('read', other, key));
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
