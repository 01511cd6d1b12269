import { CacheManager } from '../cache-manager.ts';
import type { CacheOptions } from '../cache-options.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { CachePorts } from '../ports/cache-ports.ts';
import { Link } from './link.ts';
import { ManualClock } from './manual-clock.ts';
import { MemoryCounterServer } from './memory-counters.ts';
import { MemoryFillLockServer } from './memory-fill-lock-server.ts';
import { MemoryHotKeyServer } from './memory-hot-keys.ts';
import { MemoryLogServer } from './memory-log-server.ts';
import { MemorySharedServer } from './memory-shared-server.ts';

/** The options of a simulated process. */
export interface SimulatedOptions extends Partial<Omit<CacheOptions, 'ports'>> {
  /** Replacements for ports of the world. */
  readonly ports?: Partial<CachePorts>;
}

/** One process of a `SimulatedWorld`. */
export interface SimulatedProcess {
  readonly cache: CacheManager;
  /** Its link to the durable server: log, counters, hot keys. */
  readonly durable: Link;
  /** Its link to the fill locks, which are on the durable server too. */
  readonly locks: Link;
  /** Its link to the shared tier. */
  readonly shared: Link;
  /** Its log lines, each after its level. */
  readonly logged: readonly string[];
}

/** Servers in memory and any number of processes that use them, all under one manual clock, without I/O or real time. */
export class SimulatedWorld {
  readonly clock = new ManualClock();
  readonly log: MemoryLogServer;
  readonly shared: MemorySharedServer;
  readonly lock: MemoryFillLockServer;
  readonly counters: MemoryCounterServer;
  readonly hotKeys: MemoryHotKeyServer;
  readonly #processes: SimulatedProcess[] = [];

  constructor() {
    this.log = new MemoryLogServer(this.clock);
    this.shared = new MemorySharedServer(this.clock);
    this.lock = new MemoryFillLockServer(this.clock);
    this.counters = new MemoryCounterServer(this.clock);
    this.hotKeys = new MemoryHotKeyServer(this.clock);
  }

  /** Starts a process that is current and past its first lease, so that no receipt waits for a whole lease. */
  async process(options: SimulatedOptions = {}): Promise<SimulatedProcess> {
    const process = this.unstarted(options);
    await this.clock.through(process.cache.start());
    await this.clock.advance(1_100);
    return process;
  }

  /** Returns a process whose cache is not started. */
  unstarted({ ports, ...options }: SimulatedOptions = {}): SimulatedProcess {
    const durable = new Link(this.clock);
    const locks = new Link(this.clock);
    const shared = new Link(this.clock, 50);
    const logged: string[] = [];
    const cache = new CacheManager({
      ports: {
        log: this.log.connect(durable),
        shared: this.shared.connect(shared),
        lock: this.lock.connect(locks),
        counters: this.counters.connect(durable),
        hotKeys: this.hotKeys.connect(durable),
        close: async () => undefined,
        ...ports,
      },
      id: `process-${this.#processes.length + 1}`,
      clock: this.clock,
      random: () => 0,
      logger: loggerInto(logged),
      ...options,
    });
    const process = { cache, durable, locks, shared, logged };
    this.#processes.push(process);
    return process;
  }

  /** Closes the cache of each process. */
  async close(): Promise<void> {
    for (const { cache } of this.#processes) await this.clock.through(cache.close());
  }
}

function loggerInto(lines: string[]): CacheLogger {
  return {
    debug: (message) => lines.push(`debug ${message}`),
    info: (message) => lines.push(`info ${message}`),
    warn: (message) => lines.push(`warn ${message}`),
    error: (fields, message) => lines.push(`error ${message}: ${'err' in fields ? String(fields.err) : ''}`),
  };
}
