import type { Answer } from '../../engine/reader.ts';
import type { KeyParts } from '../../key.ts';
import { resolvePolicy } from '../../policy.ts';
import type { InvalidationMode, Selector } from '../../selector.ts';
import { type Checker, hitsAll } from './checker.ts';
import type { Answered, Change, History, Read, Source } from './history.ts';
import type { Origin } from './origin.ts';
import { coldKey, keyNamed, MANY, type Operation, type Plan, PREFIX, type SimulatedKey } from './plan.ts';
import { drawScope, meet, scopeOf } from './scopes.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Node, World } from './world.ts';

export interface WorkloadParts {
  readonly world: World;
  readonly plan: Plan;
  readonly random: SeededRandom;
  readonly history: History;
  readonly checker: Checker;
  readonly origin: Origin;
  /** The processes that live now. */
  readonly nodes: () => readonly Node[];
}

/** A pending invalidation is asked for again so often, as the relay of an outbox does. */
const MOST_TRIES = 6;
const SET_SECONDS = 5;
const READERS_OF_BURST = 2;
/** Nothing has to leave so much memory. */
const ROOMY_BYTES = 100_000;
/** Longer than wall clocks are ever apart. */
const LONG = resolvePolicy({ freshFor: '1h', hardTimeout: 300 });
const NONE: States = new Map();
const toTarget = ({ name }: SimulatedKey): KeyParts => ({ prefix: PREFIX, name, params: null });

/** What the users of the cache do. */
export class Workload {
  readonly #parts: WorkloadParts;
  readonly #begin: Readonly<Record<Operation, (node: Node, key: SimulatedKey) => unknown>> = {
    read: (node, { name }) => this.read(node, name),
    get: (node, key) => this.#get(node, key),
    batch: (node) => this.#batch(node),
    warm: (node, { name }) => this.#warm(node, name),
    write: (node, key) => this.#write(node, key),
    invalidate: (node, key) => this.#change(node, 'invalidate', this.#anySelector(key), NONE),
    expire: (node, key) => this.#change(node, 'expire', this.#anySelector(key), NONE),
    burst: () => this.#burst(),
  };
  #bursts = 0;

  constructor(parts: WorkloadParts) {
    this.#parts = parts;
  }

  /** Begins an operation on a process: now, or as it wakes. */
  begin(operation: Operation, node: Node): void {
    const key = this.#parts.random.oneOf(this.#parts.plan.keys);
    node.host.deliver(() => void this.#begin[operation](node, key));
  }

  async read(
    node: Node,
    name: string,
    told?: (read: Read, answer: Answered) => void,
    { key = keyNamed(name), policy = this.#parts.plan.policy } = {},
  ): Promise<void> {
    const { checker, origin } = this.#parts;
    const read = this.#beginRead(node, name, 'read');
    const load = origin.load(node, name);
    try {
      const answer = node.cache.hit(key, load, policy, null) ?? (await node.cache.read(key, load, policy, null));
      const answered = this.#answered(answer);
      this.#count(answered);
      checker.answered(read, answered);
      if (answered.source) checker.waited(read, answered.source);
      told?.(read, answered);
    } catch (error) {
      this.#parts.history.tally.failed++;
      checker.failed(read, error);
    } finally {
      checker.end(read);
    }
  }

  async #get(node: Node, { name, key }: SimulatedKey): Promise<void> {
    const { checker } = this.#parts;
    const read = this.#beginRead(node, name, 'get');
    const value = await node.cache.get(key);
    checker.end(read);
    this.#plainAnswer(read, value, 'hit');
  }

  async #batch(node: Node): Promise<void> {
    const { checker, origin, plan } = this.#parts;
    const reads = plan.keys.map(({ name }) => this.#beginRead(node, name, 'batch'));
    try {
      const values = await node.cache.getOrLoadMany(plan.keys.map(toTarget), origin.loadMany(node), plan.policyAsGiven);
      reads.forEach((read, i) => {
        this.#plainAnswer(read, values[i], 'value');
      });
    } catch (error) {
      for (const read of reads) checker.failed(read, error);
    } finally {
      for (const read of reads) checker.end(read);
    }
  }

  /** A value that does not say whether it is verified: past the lease it may be the one or the other. */
  #plainAnswer(read: Read, value: unknown, outcome: string): void {
    const { checker } = this.#parts;
    if (value === undefined) return;
    const answer = { source: this.#sourceOf(value), outcome, tier: 'memory', collapsed: false, stamp: null };
    if (read.wasCurrent || !checker.isRight(read, { ...answer, verified: true }))
      checker.answered(read, { ...answer, verified: read.wasCurrent });
  }

  /** Where nothing else happened meanwhile, what it leaves in memory is from after all that was acknowledged before. */
  async #warm(node: Node, name: string): Promise<void> {
    const { checker, origin, plan, random } = this.#parts;
    const { cache } = node;
    const key = keyNamed(name);
    const read = this.#beginRead(node, name, 'warm');
    const reached = node.reachesLog();
    try {
      await cache.warm(key, origin.load(node, name), plan.policy, random.oneOf([0, plan.policy.freshForMs / 2]));
      const kept = cache.engine.memory.get(key);
      if (!kept || !reached || !this.#isQuietSince(node, read)) return;
      const source = this.#sourceOf(JSON.parse(kept.entry.body.toString()));
      checker.answered(read, {
        source,
        outcome: 'entry',
        tier: 'memory',
        verified: true,
        collapsed: false,
        stamp: kept.entry,
      });
    } catch (error) {
      checker.failed(read, error);
    } finally {
      checker.end(read);
    }
  }

  /** Whether nothing has happened since a read began that keeps it from knowing all that was acknowledged before. */
  #isQuietSince(node: Node, { key, began }: Read): boolean {
    const { history, world, nodes, plan } = this.#parts;
    if (!node.reachesLog() || !nodes().includes(node) || plan.memoryBytes < ROOMY_BYTES) return false;
    if (
      history.sources.some(
        ({ process, isSkipped, ended }) =>
          isSkipped && process === node.host.name && ended && ended.order > began.order,
      )
    )
      return false;
    if (node.host.lostAt >= began.at || world.hurtUntil >= began.at) return false;
    return history.changes.every(
      ({ keys, what, acknowledged }) =>
        (acknowledged && acknowledged.order < began.order) || !(keys.includes(key) || hitsAll(what)),
    );
  }

  /** The origin has the new state before the cache is told of it. */
  #write(node: Node, key: SimulatedKey): void {
    const { origin, random } = this.#parts;
    const how = key.isSet ? random.oneOf(['set', 'set', 'delete', 'invalidate'] as const) : 'invalidate';
    const chosen = this.#selectorOfWrite(key);
    const states = origin.write(how === 'invalidate' ? chosen.keys : [key.name]);
    node.host.after(random.between(0, 10), () => {
      if (how === 'set') void this.#set(node, key, states);
      else if (how === 'delete') void this.#delete(node, key, states);
      else this.#change(node, 'invalidate', chosen, states);
    });
  }

  async #set(node: Node, { name, key }: SimulatedKey, states: States): Promise<void> {
    const { history, checker } = this.#parts;
    const { cache, host } = node;
    const stamp = cache.engine.follower.stamp;
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

  /** `delete` does not say whether the log was reached, so it counts only where nothing was lost. */
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
    await node.cache.delete(key);
    if (host.lostAt < change.called.at) history.acknowledge(change, null);
    checker.end(change);
  }

  #change(node: Node, mode: InvalidationMode, { selector, what, keys }: Chosen, states: States): void {
    const { history } = this.#parts;
    const change = history.call({ process: node.host.name, mode, what: `${mode} ${what}`, keys, states });
    void this.#invalidate(node, selector, change, 1);
  }

  async #invalidate(node: Node, selector: Selector, change: Change, tries: number): Promise<void> {
    const { history, checker, world, random, nodes } = this.#parts;
    const { mode, id, what } = change;
    checker.begin(change, node.host.name, what);
    const receipt = await node.cache.invalidate(selector, { mode, eventId: `event-${id}` });
    checker.end(change);
    if (receipt.state === 'applied') {
      history.acknowledge(change, { epoch: receipt.epoch, asOf: receipt.position });
      return;
    }
    history.tally.pending++;
    if (tries === MOST_TRIES) return;
    world.clock.after(random.between(10, 80), () => {
      const next = random.oneOf(nodes());
      next.host.deliver(() => void this.#invalidate(next, selector, change, tries + 1));
    });
  }

  /** One cold key and many readers on every process. */
  #burst(): void {
    const { world, random, nodes, history, checker } = this.#parts;
    const name = `cold-${++this.#bursts}`;
    const key = coldKey(name);
    // What a full index has forgotten differs from process to process, and the fill lock's name with it.
    if (this.#parts.plan.selectorsKept < MANY) return;
    const all = nodes();
    const since = world.clock.monotonic();
    const began = history.moment();
    const epochs = () => [...new Set(all.map(({ cache }) => cache.engine.follower.epoch))].join();
    const epoch = epochs();
    let left = all.length * READERS_OF_BURST;
    let isQuiet =
      !epoch.includes(',') && all.every(({ host, cache }) => !host.isFrozen && cache.engine.follower.isCurrent);
    const done = ({ verified }: Answered) => {
      isQuiet &&= verified;
      if (--left > 0 || !isQuiet || world.hurtUntil >= since || this.#changedSince(began.order)) return;
      const loads = history.sources.filter(({ key }) => key === name).length;
      if (epochs() !== epoch) return;
      if (all.every(({ host }) => host.isAlive && host.lostAt < since && host.frozenAt < since))
        checker.burst(name, loads, all.length * READERS_OF_BURST);
    };
    for (const node of all) {
      for (let i = 0; i < READERS_OF_BURST; i++)
        node.host.after(
          random.between(0, 4),
          () => void this.read(node, name, (_, answer) => done(answer), { key, policy: LONG }),
        );
    }
  }

  /** Whether anything was invalidated that may have hit a key that nobody wrote to. */
  #changedSince(order: number): boolean {
    return this.#parts.history.changes.some(
      ({ what, acknowledged }) => (acknowledged === null || acknowledged.order > order) && hitsAll(what),
    );
  }

  #beginRead(node: Node, key: string, how: Read['how']): Read {
    const { history, checker } = this.#parts;
    const process = node.host.name;
    const read = { process, key, how, began: history.moment(), wasCurrent: node.cache.engine.follower.isCurrent };
    checker.begin(read, process, `${how} ${key}`);
    return read;
  }

  #answered({ kept: { entry }, outcome: { outcome, tier, verified, collapsed } }: Answer): Answered {
    const source = this.#sourceOf(JSON.parse(entry.body.toString()));
    return { source, outcome, tier, verified, collapsed, stamp: entry };
  }

  #sourceOf(value: unknown): Source | null {
    return this.#parts.history.sources[Number(value)] ?? null;
  }

  #count({ outcome, collapsed, verified }: Answered): void {
    const { tally } = this.#parts.history;
    tally.reads++;
    if (outcome === 'hit') tally.hits++;
    if (outcome === 'stale') tally.stale++;
    if (collapsed) tally.collapsed++;
    if (!verified) tally.unverified++;
  }

  #selectorOfWrite(key: SimulatedKey): Chosen {
    const { random, plan } = this.#parts;
    const { name } = key;
    const ways: Chosen[] = [
      chosen({ key: key.key }, `key ${name}`, [name]),
      chosen({ prefix: `${PREFIX}:${name}` }, `prefix of ${name}`, [name]),
    ];
    if (!key.isSet && !plan.isCalm) ways.push(chosen({ tag: `t-${name}` }, `tag of ${name}`, [name]));
    if (key.scope) ways.push(this.#scopedSelector(), this.#scopedSelector(), this.#scopedSelector());
    return random.oneOf(ways);
  }

  /** What was set has no scope, so that it depends on everything. */
  #scopedSelector(): Chosen {
    const { random, plan } = this.#parts;
    const changed = drawScope(random);
    const hit = plan.keys.filter(({ scope }) => scope === null || meet(scope, changed)).map(({ name }) => name);
    const { from, to, levels } = changed;
    return chosen({ prefix: PREFIX, scope: scopeOf(changed) }, `${from} to ${to} of ${levels.join('/')}`, hit);
  }

  #anySelector(key: SimulatedKey): Chosen {
    const { random, plan } = this.#parts;
    const names = plan.keys.map(({ name }) => name);
    const tagged = plan.keys.filter(({ isSet }) => !isSet).map(({ name }) => name);
    const ways = [
      this.#selectorOfWrite(key),
      chosen({ all: true }, 'everything', names),
      chosen({ prefix: PREFIX }, 'prefix of all', names),
    ];
    if (!plan.isCalm) ways.push(chosen({ tag: 't-all' }, 'tag of all', tagged));
    return random.oneOf(ways);
  }
}

type States = ReadonlyMap<string, number>;

interface Chosen {
  readonly selector: Selector;
  readonly what: string;
  readonly keys: readonly string[];
}

const chosen = (selector: Selector, what: string, keys: readonly string[]): Chosen => ({ selector, what, keys });
