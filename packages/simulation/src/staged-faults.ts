import type { FaultsParts } from './faults-parts.ts';
import type { Node } from './world.ts';

/** Faults of several steps in the right order, which single faults rarely produce. */
export class StagedFaults {
  readonly #parts: FaultsParts;

  constructor(parts: FaultsParts) {
    this.#parts = parts;
  }

  /**
   * Delays an append on its way to the log for about the maximum time of a command. Another process renews its lease
   * meanwhile and is cut off from the log before the append arrives: its lease ends long after the call of the write.
   */
  slowAppend(writer: Node): void {
    const { world, workload, random, plan, history } = this.#parts;
    const other = this.#anotherThan(writer);
    if (!other) return;
    const { leaseMs, commandTimeoutMs } = plan;
    const key = random.oneOf(plan.keys);
    const ms = random.between(commandTimeoutMs / 2, commandTimeoutMs - 4);
    history.fault(writer.host.name, `sends requests to the log that take ${ms} ms to arrive`);
    workload.begin('read', other, key);
    writer.durable.delayRequests(ms, 12);
    workload.begin('write', writer, key);
    world.clock.after(ms + random.between(-10, 5), () => this.cutFromLog(other, leaseMs));
    for (let i = 0; i < 3; i++)
      world.clock.after(leaseMs + random.between(0, ms), () => workload.begin('read', other, key));
  }

  /**
   * Freezes a process past its lease during a load while another process invalidates a tag of that load. Readers come
   * when the process wakes, while the load is still in progress: they must catch up first and then may not join it.
   */
  lapse(node: Node): void {
    const { world, workload, origin, random, plan, isOver } = this.#parts;
    const other = this.#anotherThan(node);
    const key = random.oneOf(plan.keys);
    if (!other || key.isSet || plan.isCalm) return;
    const frozenAfterMs = random.between(12, 25);
    const frozenMs = plan.leaseMs + random.between(8, 25);
    const begin = () => {
      if (isOver()) return;
      origin.prolongNext(node, key.name, frozenAfterMs + frozenMs + random.between(-5, 25));
      workload.begin('read', node, key);
      world.clock.after(frozenAfterMs, () => {
        if (isOver()) return;
        this.#parts.history.fault(node.host.name, `is frozen for ${frozenMs} ms during a load of ${key.name}`);
        node.host.freeze(frozenMs);
        other.host.after(random.between(0, 5), () => void workload.invalidateTag(other, key));
      });
      for (let i = 0; i < 3; i++)
        world.clock.after(frozenAfterMs + frozenMs + random.between(-3, 5), () => workload.begin('read', node, key));
    };
    void workload.invalidateTag(node, key).then(() => node.host.after(0, begin));
  }

  /** Cuts a process that has just started off from the log, before or after it could report its applied position. */
  newcomer(node: Node): void {
    const { world, workload, random, plan } = this.#parts;
    const other = this.#anotherThan(node);
    if (!other || random.chance(0.5)) return;
    const key = random.oneOf(plan.keys);
    world.clock.after(random.between(2, 10), () => this.cutFromLog(node, random.between(20, plan.leaseMs)));
    world.clock.after(random.between(2, 12), () => workload.begin('write', other, key));
    for (let i = 0; i < 3; i++) world.clock.after(random.between(5, 60), () => workload.begin('read', node, key));
  }

  /** Blocks commands and stream of one process to the log for a time. */
  cutFromLog(node: Node, ms: number): void {
    const { history, world, isOver } = this.#parts;
    if (isOver()) return;
    history.fault(node.host.name, `is cut off from the log for ${ms} ms`);
    const links = [node.durable, node.stream];
    for (const link of links) link.cut();
    world.clock.after(ms, () => {
      for (const link of links) link.mend();
    });
  }

  #anotherThan(node: Node): Node | null {
    const others = this.#parts.nodes().filter((other) => other !== node);
    return others.length > 0 ? this.#parts.random.oneOf(others) : null;
  }
}
