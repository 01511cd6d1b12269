import type { HotKeyStore, Stamp } from '@pilotlight/cache-core';
import { type CacheLogger, CacheManager } from '@pilotlight/cache-core';
import { HitIndex, silentLogger } from '@pilotlight/cache-core/internals';
import type { SeededRandom } from '@pilotlight/cache-core/testing';
import { ManualClock, MemoryFillLockServer, MemoryLogServer, MemorySharedServer } from '@pilotlight/cache-core/testing';
import { FaultyLink } from './faulty-link.ts';
import { Host } from './host.ts';
import type { Plan } from './plan.ts';
import { watchedShared } from './tier-watch.ts';

/** A process of the world that runs the real engine. */
export interface Node {
  /** Its index in the world, which its successor takes over after a crash. */
  readonly place: number;
  readonly host: Host;
  readonly cache: CacheManager;
  /** Its connections: to the durable server for commands, for blocking reads and for locks, and to the shared tier. */
  readonly durable: FaultyLink;
  readonly stream: FaultyLink;
  readonly locks: FaultyLink;
  readonly shared: FaultyLink;
  /** Whether its cache considers the log reachable, according to its own log lines. */
  readonly reachesLog: () => boolean;
}

const START_AT = 1_700_000_000_000;
/** Time limit of a command to the shared tier and to the locks. */
const TIMEOUT_MS = 60;
/** Share of slow messages of a process with slow connections. */
const SLOW_SHARE = 0.7;
const LOCK_MS = 1_000;
const NO_DEMAND: HotKeyStore = {
  add: async () => undefined,
  top: async () => [],
  find: async () => null,
  forget: async () => undefined,
};
const QUIET: CacheLogger = { ...silentLogger, isLevelEnabled: () => false };

/** The servers and the processes that use them; every delay is random. */
export class World {
  readonly clock: ManualClock;
  readonly log: MemoryLogServer;
  readonly shared: MemorySharedServer;
  readonly locks: MemoryFillLockServer;
  readonly #plan: Plan;
  readonly #random: SeededRandom;
  #starts = 0;
  #isHurt = true;
  #hurtUntil = Number.NEGATIVE_INFINITY;

  /** Called with each entry that a process is about to store in the shared tier. */
  sends: (node: Node, key: string, stamp: Stamp) => void = () => undefined;

  constructor(plan: Plan, random: SeededRandom) {
    this.#plan = plan;
    this.#random = random;
    this.clock = new ManualClock(START_AT, random.next);
    this.log = new MemoryLogServer(this.clock, {
      maxRecords: plan.recordsKept,
      maxSelectors: plan.selectorsKept,
      maxScoped: plan.scopedKept,
      maxKeys: plan.keysKept,
      maxLeaseMs: plan.leaseMs,
    });
    this.shared = new MemorySharedServer(this.clock);
    this.locks = new MemoryFillLockServer(this.clock, LOCK_MS);
  }

  /** When the last fault of a server ends. */
  get hurtUntil(): number {
    return this.#hurtUntil;
  }

  hurt(forMs = 0): void {
    this.#hurtUntil = Math.max(this.#hurtUntil, this.clock.monotonic() + forMs);
  }

  /** From now on messages are neither slow nor lost. */
  calm(): void {
    this.#isHurt = false;
  }

  node(place: number): Node {
    const life = ++this.#starts;
    const { clockDrift } = this.#plan;
    const rate = clockDrift === 0 ? 1 : 1 + this.#random.oneOf([-clockDrift, 0, clockDrift]);
    const host = new Host(life <= this.#plan.processes ? `p${place + 1}` : `p${place + 1}.${life}`, this.clock, rate);
    const durable = this.#link(host, this.#plan.commandTimeoutMs);
    const stream = this.#link(host, this.#plan.commandTimeoutMs);
    const locks = this.#link(host);
    const shared = this.#link(host);
    const {
      leaseMs,
      leasesMs,
      maxAgeWhenDisconnectedMs,
      waitForFillMs,
      memoryBytes,
      selectorsKept,
      scopedKept,
      keysKept,
    } = this.#plan;
    let reachesLog = false;
    const logger: CacheLogger = {
      ...QUIET,
      info: (message) => {
        if (message.startsWith('Connected to the invalidation log')) reachesLog = true;
      },
      warn: (message) => {
        if (message.startsWith('the invalidation log is unreachable')) reachesLog = false;
      },
    };
    const cache = new CacheManager({
      ports: {
        log: this.log.connect(durable, { stream, blockMs: 2 * leaseMs }),
        shared: watchedShared(this.shared.connect(shared), (key, stamp) => this.sends(node, key, stamp)),
        lock: this.locks.connect(locks),
        counters: { add: async () => undefined, read: async () => ({}), reset: async () => undefined },
        hotKeys: NO_DEMAND,
        close: async () => undefined,
      },
      id: host.name,
      clock: host.clock,
      random: this.#random.next,
      logger,
      lease: this.#random.oneOf(leasesMs),
      maxAgeWhenDisconnected: maxAgeWhenDisconnectedMs,
      waitForFill: waitForFillMs,
      memoryBytes,
      origins: { default: { breaker: { failures: 5, openFor: leaseMs / 2 } } },
    });
    const limits = {
      selectors: selectorsKept,
      scopedHits: scopedKept,
      scopedHitsPerPrefix: scopedKept,
      keyHits: keysKept,
      keyHitsPerPrefix: keysKept,
    };
    Object.assign(cache.internal.engine.follower, { index: new HitIndex(limits) });
    const node: Node = { place, host, cache, durable, stream, locks, shared, reachesLog: () => reachesLog };
    return node;
  }

  #link(host: Host, timeoutMs = TIMEOUT_MS): FaultyLink {
    const random = this.#random;
    const { slowShare, slowMs, lostShare } = this.#plan.network;
    return new FaultyLink({
      host,
      world: this.clock,
      timeoutMs,
      delayMs: () => {
        const isSlow = this.#isHurt && random.chance(host.isSlow ? SLOW_SHARE : slowShare);
        return isSlow ? random.between(5, slowMs) : random.between(0, 2);
      },
      losesReply: () => this.#isHurt && random.chance(lostShare),
    });
  }
}
