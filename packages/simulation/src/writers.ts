import type { InvalidationMode, InvalidationReceipt, Selector } from '@pilotlight/cache-core';
import { InvalidationPending } from '@pilotlight/cache-core';
import type { Change } from './history.ts';
import type { Parts } from './parts.ts';
import type { SimulatedKey } from './plan.ts';
import { type Chosen, selectorOfWrite } from './selectors.ts';
import type { Node } from './world.ts';

type States = ReadonlyMap<string, number>;

/** Number of tries of a pending invalidation, as the relay of an outbox repeats it. */
const MAX_ATTEMPTS = 6;
const SET_SECONDS = 5;
export const NO_STATES: States = new Map();

/** Called once with the first receipt of a change. */
export type OnReceipt = (receipt: InvalidationReceipt, change: Change) => void;

/** Changes the origin and invalidates the cache. */
export class Writers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Changes the origin before it invalidates the cache. */
  write(node: Node, key: SimulatedKey): void {
    const { origin, random } = this.#parts;
    const how = key.isSet ? random.oneOf(['set', 'set', 'delete', 'invalidate'] as const) : 'invalidate';
    const chosen = selectorOfWrite(this.#parts, key);
    const states = origin.write(how === 'invalidate' ? chosen.keys : [key.name]);
    node.host.after(random.between(0, 10), () => {
      if (how === 'set') void this.#set(node, key, states);
      else if (how === 'delete') void this.#delete(node, key, states);
      else void this.change(node, 'invalidate', chosen, states);
    });
  }

  /** Changes the origin, invalidates the cache, and passes on the receipt, which may be pending. */
  writeWithReceipt(node: Node, key: SimulatedKey, onReceipt: OnReceipt): void {
    const chosen = selectorOfWrite(this.#parts, key);
    void this.change(node, 'invalidate', chosen, this.#parts.origin.write(chosen.keys), onReceipt);
  }

  async #set(node: Node, { name, key }: SimulatedKey, states: States): Promise<void> {
    const { history, checker } = this.#parts;
    const { cache, host } = node;
    const stamp = cache.internal.engine.follower.stamp;
    const state = states.get(name) ?? 0;
    const source = history.begin({ kind: 'set', process: host.name, key: name, state, stamp });
    const change = history.call({ process: host.name, mode: 'invalidate', what: `set ${name}`, keys: [name], states });
    checker.begin(change, host.name, change.what);
    const done = await cache.set(key, source.id, SET_SECONDS);
    source.ended = history.moment();
    if (done) history.acknowledge(change, null);
    else history.tally.pending++;
    checker.end(change);
  }

  async #delete(node: Node, { name, key }: SimulatedKey, states: States): Promise<void> {
    const { history, checker } = this.#parts;
    const { host } = node;
    const change = history.call({
      process: host.name,
      mode: 'invalidate',
      what: `delete ${name}`,
      keys: [name],
      states,
    });
    checker.begin(change, host.name, change.what);
    try {
      await node.cache.delete(key);
      history.acknowledge(change, null);
    } catch (error) {
      if (!(error instanceof InvalidationPending)) throw error;
      history.tally.pending++;
    }
    checker.end(change);
  }

  /** Resolves once it is acknowledged or left to another try. */
  change(
    node: Node,
    mode: InvalidationMode,
    { selector, what, keys }: Chosen,
    states: States,
    onReceipt?: OnReceipt,
  ): Promise<void> {
    const { history } = this.#parts;
    const change = history.call({ process: node.host.name, mode, what: `${mode} ${what}`, keys, states });
    return this.#invalidate(node, selector, change, 1, onReceipt);
  }

  async #invalidate(
    node: Node,
    selector: Selector,
    change: Change,
    tries: number,
    onReceipt?: OnReceipt,
  ): Promise<void> {
    const { history, checker, world, random, nodes } = this.#parts;
    const { mode, id, what } = change;
    checker.begin(change, node.host.name, what);
    const receipt = await node.cache.invalidate(selector, { mode, eventId: `event-${id}` });
    checker.end(change);
    if (receipt.state === 'applied') history.acknowledge(change, { epoch: receipt.epoch, asOf: receipt.position });
    onReceipt?.(receipt, change);
    if (receipt.state === 'applied') return;
    history.tally.pending++;
    if (tries === MAX_ATTEMPTS) return;
    world.clock.after(random.between(10, 80), () => {
      const next = random.oneOf(nodes());
      next.host.deliver(() => void this.#invalidate(next, selector, change, tries + 1));
    });
  }
}
