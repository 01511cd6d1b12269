import { coldBurst } from './cold-burst.ts';
import type { Parts } from './parts.ts';
import type { Operation, SimulatedKey } from './plan.ts';
import { Readers } from './readers.ts';
import { anySelector, tagOf } from './selectors.ts';
import type { Node } from './world.ts';
import { NO_STATES, Writers } from './writers.ts';

/** The actions of the cache's users. */
export class Workload {
  readonly readers: Readers;
  readonly #writers: Writers;
  readonly #parts: Parts;
  readonly #begin: Readonly<Record<Operation, (node: Node, key: SimulatedKey) => unknown>> = {
    read: (node, { name }) => this.readers.read(node, name),
    get: (node, key) => this.readers.get(node, key),
    batch: (node) => this.readers.batch(node),
    warm: (node, key) => this.#warm(node, key),
    write: (node, key) => this.#writers.write(node, key),
    own: (node, key) => this.#writeAndReadOwn(node, key),
    invalidate: (node, key) => this.#writers.change(node, 'invalidate', anySelector(this.#parts, key), NO_STATES),
    expire: (node, key) => this.#writers.change(node, 'expire', anySelector(this.#parts, key), NO_STATES),
    burst: () => coldBurst(`cold-${++this.#bursts}`, this.#parts, this.readers),
  };
  #bursts = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.readers = new Readers(parts);
    this.#writers = new Writers(parts);
  }

  /** Warms as a sweep does: at any time, or during a load whose tag was just invalidated. */
  #warm(node: Node, key: SimulatedKey): void {
    const { random, nodes, plan } = this.#parts;
    const warm = () => void this.readers.warm(node, key.name);
    if (random.chance(0.5) || key.isSet || plan.isCalm) {
      warm();
      return;
    }
    void this.readers.read(node, key.name);
    const other = random.oneOf(nodes());
    other.host.after(random.between(0, 10), () => {
      void this.invalidateTag(other, key).then(() => node.host.after(0, warm));
    });
  }

  /** Writes over one process, and reads the write over another as soon as its receipt came, applied or pending. */
  #writeAndReadOwn(node: Node, key: SimulatedKey): void {
    const { random, nodes } = this.#parts;
    this.#writers.writeWithReceipt(node, key, (receipt, change) => {
      for (const name of change.states.keys()) {
        // The interesting reader does not follow the log at the moment.
        const behind = nodes().filter(({ cache }) => !cache.internal.engine.follower.isCurrent);
        const reader = random.oneOf(behind.length > 0 && random.chance(0.5) ? behind : nodes());
        reader.host.deliver(() => void this.readers.readOwn(reader, name, receipt, change));
      }
    });
  }

  /** Resolves once it is acknowledged or left to another try. */
  invalidateTag(node: Node, key: SimulatedKey): Promise<void> {
    return this.#writers.change(node, 'invalidate', tagOf(key), NO_STATES);
  }

  /** Begins an operation on a process: at once, or when it wakes. */
  begin(operation: Operation, node: Node, key = this.#parts.random.oneOf(this.#parts.plan.keys)): void {
    node.host.deliver(() => void this.#begin[operation](node, key));
  }
}
