import { randomUUID } from 'node:crypto';
import { type CacheOptions, resolveOptions } from './cache-options.ts';
import { DecodedHotKeys } from './demand/recipe-codec.ts';
import { Audits } from './engine/audits.ts';
import { type CacheEngine, createEngine } from './engine/create-engine.ts';
import { InstrumentedReader } from './engine/instrumented-reader.ts';
import { untilCurrent } from './log/until-current.ts';
import { Background, failuresTo } from './model/background.ts';
import type { CachedEntry } from './model/cached-entry.ts';
import { type Clock, systemClock } from './model/clock.ts';
import { type CacheLogger, silentLogger } from './model/logger.ts';
import type { Encoding } from './model/variant.ts';
import type { HotKeys } from './ports/hot-key-store.ts';
import { Reporter } from './stats/reporter.ts';

/**
 * The parts of one `CacheManager`, wired together: for the adapters of this package, its instruments and tests. They may
 * change with any version. Applications use the methods of `CacheManager`.
 */
export class CacheInternals {
  readonly engine: CacheEngine;
  /** Reads a key, returns the answer's bytes with its outcome, and reports each read. */
  readonly reader: InstrumentedReader;
  readonly reporter: Reporter;
  readonly demand: HotKeys;
  readonly audits: Audits;
  readonly #closePorts: () => Promise<void>;
  readonly #clock: Clock;
  readonly #logger: CacheLogger;
  readonly #background: Background;

  /** @throws {InvalidArgument} naming the invalid option */
  constructor(options: CacheOptions) {
    const settings = resolveOptions(options);
    const { ports, envelope = {}, clock = systemClock, logger = silentLogger, random = Math.random } = options;
    const { name } = settings;
    this.#closePorts = () => ports.close();
    this.#clock = clock;
    this.#logger = logger;
    this.#background = new Background(name, failuresTo(logger));
    const parts = { clock, logger, background: this.#background, random };
    this.engine = createEngine({ ...parts, ...ports, ...settings, id: uniqueId(options.id), envelope });
    const { counters } = ports;
    this.demand = new DecodedHotKeys(ports.hotKeys, envelope.encryption);
    this.audits = new Audits({ ...this.engine, counters, isShared: ports.shared !== null });
    this.reporter = new Reporter({ ...parts, counters, hotKeys: this.demand, name });
    this.reader = new InstrumentedReader({ ...parts, name, engine: this.engine, reporter: this.reporter });
  }

  /** Starts to follow the log. Resolves once this process is current, or after a second. */
  async start(): Promise<void> {
    this.engine.follower.start();
    this.reporter.start();
    await untilCurrent(this.engine.follower, this.#clock);
    this.#logger.info('Cache manager initialized');
  }

  /** Leaves the register of followers, waits for background work, and closes the ports. */
  async close(): Promise<void> {
    this.reporter.stop();
    await this.engine.follower
      .stop()
      .catch((error: unknown) =>
        this.#logger.error({ err: error }, 'could not leave the register of the invalidation log'),
      );
    await this.#background.drain('follow'); // which may block in a read until its connection is closed
    await this.#closePorts();
    await this.#background.drain();
  }

  /** Makes one compressed form of an entry in this process's memory, once, in the background. */
  compress(cached: CachedEntry, encoding: Encoding): void {
    if (!cached.lacks(encoding) || this.engine.memory.peek(cached.key) !== cached) return;
    this.#background.run('compress', () => cached.makeVariant(encoding));
  }
}

/** Two processes with one id would be one follower to the log, and a write would wait for only one of them. */
function uniqueId(id: string | undefined): string {
  return id === undefined ? randomUUID() : `${id}:${randomUUID()}`;
}
