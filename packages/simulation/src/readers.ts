import type { Answer, MinPosition } from '@pilotlight/cache-core';
import { type Answered, type Change, hitsAll, type Read, type Source } from './history.ts';
import type { Parts } from './parts.ts';
import { keyNamed, MANY, type SimulatedKey } from './plan.ts';
import type { Node } from './world.ts';

/** Large enough that nothing is evicted. */
const ROOMY_BYTES = 100_000;

const hitsKey =
  (key: string) =>
  ({ keys, what }: Change): boolean =>
    keys.includes(key) || hitsAll(what);

/** Reads from the cache in every possible way and has the answers checked. */
export class Readers {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  async read(
    node: Node,
    name: string,
    onAnswer?: (read: Read, answer: Answered) => void,
    { key = keyNamed(name), policy = this.#parts.plan.policy } = {},
  ): Promise<void> {
    const { checker, origin } = this.#parts;
    const read = this.#beginRead(node, name, 'read');
    const load = origin.load(node, name);
    try {
      const answer =
        node.cache.internal.reader.hit(key, load, policy, null) ??
        (await node.cache.internal.reader.read(key, load, policy, null));
      const answered = this.#answered(answer);
      this.#count(answered);
      checker.answered(read, answered);
      if (answered.source) checker.waited(read, answered.source);
      onAnswer?.(read, answered);
    } catch (error) {
      this.#parts.history.tally.failed++;
      checker.failed(read, error);
    } finally {
      checker.end(read);
    }
  }

  /** Reads at least the position of a change, as the client does that made it. */
  async readOwn(node: Node, name: string, minPosition: MinPosition, own: Change): Promise<void> {
    const { checker, origin, plan } = this.#parts;
    const read = this.#beginRead(node, name, 'own', own);
    try {
      const load = origin.load(node, name);
      const { reader } = node.cache.internal;
      const answered = this.#answered(await reader.read(keyNamed(name), load, plan.policy, null, { minPosition }));
      this.#count(answered);
      checker.answered(read, answered);
    } catch (error) {
      this.#parts.history.tally.failed++;
      checker.failed(read, error);
    } finally {
      checker.end(read);
    }
  }

  async get(node: Node, { name, key }: SimulatedKey): Promise<void> {
    const { checker } = this.#parts;
    const read = this.#beginRead(node, name, 'get');
    const value = await node.cache.get(key);
    checker.end(read);
    this.#plainAnswer(read, value, 'hit');
  }

  async batch(node: Node): Promise<void> {
    const { checker, origin, plan } = this.#parts;
    const reads = plan.keys.map(({ name }) => this.#beginRead(node, name, 'batch'));
    try {
      const values = await node.cache.getOrLoadMany(
        plan.keys.map(({ key }) => key),
        origin.loadMany(node),
        plan.policyAsGiven,
      );
      reads.forEach((read, i) => {
        this.#plainAnswer(read, values[i], 'value');
      });
    } catch (error) {
      for (const read of reads) checker.failed(read, error);
    } finally {
      for (const read of reads) checker.end(read);
    }
  }

  /** Checks a value without a verified flag: past the lease it may be verified or not. */
  #plainAnswer(read: Read, value: unknown, outcome: string): void {
    const { checker } = this.#parts;
    if (value === undefined) return;
    const answer = { source: this.#sourceOf(value), outcome, tier: 'memory', collapsed: false, stamp: null };
    if (read.wasCurrent || !checker.isRight(read, { ...answer, verified: true }))
      checker.answered(read, { ...answer, verified: read.wasCurrent });
  }

  /**
   * Warms a key. Checks that the entry in memory is newer than everything acknowledged before, whether it was loaded or
   * found fresh.
   */
  async warm(node: Node, name: string): Promise<void> {
    const { checker, origin, plan, random } = this.#parts;
    const { cache } = node;
    const key = keyNamed(name);
    const read = this.#beginRead(node, name, 'warm');
    const { epoch } = cache.internal.engine.follower;
    const reached = node.reachesLog();
    try {
      const loaded = await cache.warm(
        key,
        origin.load(node, name),
        plan.policy,
        random.oneOf([0, plan.policy.freshForMs / 2]),
      );
      const cached = cache.internal.engine.memory.get(key);
      const knows =
        this.#parts.nodes().includes(node) &&
        reached &&
        node.reachesLog() &&
        cache.internal.engine.follower.epoch === epoch;
      if (!cached || !knows || node.host.lostAt >= read.began.at || (loaded && !this.#isQuietSince(node, read))) return;
      const source = this.#sourceOf(JSON.parse(cached.body.toString()));
      checker.answered(read, {
        source,
        outcome: 'entry',
        tier: 'memory',
        verified: true,
        collapsed: false,
        stamp: cached,
      });
    } catch (error) {
      checker.failed(read, error);
    } finally {
      checker.end(read);
    }
  }

  /** Returns whether nothing has happened since a read began that prevents storing its load. */
  #isQuietSince(node: Node, { key, began }: Read): boolean {
    const { history, world, plan } = this.#parts;
    const { host } = node;
    if (plan.memoryBytes < ROOMY_BYTES || world.hurtUntil >= began.at) return false;
    const isOwn = ({ process, ended }: Source) => process === host.name && ended && ended.order > began.order;
    if (history.sources.some((source) => source.isSkipped && isOwn(source))) return false;
    // In a full index, forgetting one key counts as a hit of every other.
    const mayHit = plan.selectorsKept < MANY ? () => true : hitsKey(key);
    return history.changes.every(
      (change) => (change.acknowledged && change.acknowledged.order < began.order) || !mayHit(change),
    );
  }

  #beginRead(node: Node, key: string, how: Read['how'], own: Change | null = null): Read {
    const { history, checker } = this.#parts;
    const process = node.host.name;
    const read = {
      process,
      key,
      how,
      began: history.moment(),
      wasCurrent: node.cache.internal.engine.follower.isCurrent,
      own,
    };
    checker.begin(read, process, `${how} ${key}`);
    return read;
  }

  #answered({ cached, outcome: { outcome, tier, verified, collapsed } }: Answer): Answered {
    const source = this.#sourceOf(JSON.parse(cached.body.toString()));
    return { source, outcome, tier, verified, collapsed, stamp: cached };
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
}
