import type { Clock } from '../clock.ts';
import { compareStamps, type Stamp } from '../entry.ts';
import { stampOf } from '../envelope/envelope.ts';
import { Unreachable } from '../errors.ts';
import { prefixesOf } from '../selector.ts';
import type { SharedTier } from '../tiers/port.ts';
import { Link, never } from './link.ts';

const WHAT = 'the cache server';
/** Keys of one batch of a scan. */
const BATCH = 1_000;

/** A tier that simulated processes share. It keeps bytes, like the real one: whatever `write` puts there. */
export class MemorySharedServer {
  readonly #clock: Clock;
  readonly #stored = new Map<string, { bytes: Buffer; until: number }>();
  #failing: 'reject' | 'hang' | null = null;
  /** Told of each fill that took place, with the stamp of the entry that was there. */
  filled: (key: string, before: Stamp | null, stamp: Stamp) => void = () => undefined;
  /** How many entries it was asked for. */
  gets = 0;
  /** How often it was asked, be it for one entry or for many. */
  asks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The port of one process, over its link, which takes 50 ms at most. */
  connect(link: Link = new Link(this.#clock, 50)): SharedTier {
    const ask = <Result>(work: () => Result) => link.call(WHAT, () => this.#serve(work));
    return {
      get: (key) =>
        ask(() => {
          this.asks++;
          this.gets++;
          return this.read(key);
        }),
      getMany: (keys) =>
        ask(() => {
          this.asks++;
          this.gets += keys.length;
          return keys.map((key) => this.read(key));
        }),
      fill: (key, envelope, stamp, ttlMs) => ask(() => this.#fill(key, envelope, stamp, ttlMs)),
      remove: (key) => ask(() => this.#stored.delete(key)),
      reclaim: (prefix, before) => ask(() => this.#reclaim(this.#keysUnder(prefix), before)),
      reclaimKeys: (keys, before) => ask(() => this.#reclaim(keys, before)),
      scan: (prefix) => batches(() => ask(() => this.#keysUnder(prefix))),
      ttlMs: (key) => ask(() => this.ttlMs(key)),
    };
  }

  /** From now on it refuses every command, or takes it and never answers. */
  fail(mode: 'reject' | 'hang'): void {
    this.#failing = mode;
  }

  /** From now on it answers again. */
  recover(): void {
    this.#failing = null;
  }

  /** The bytes under a key, as they are. */
  read(key: string): Buffer | null {
    const stored = this.#stored.get(key);
    return stored && this.#clock.monotonic() < stored.until ? Buffer.from(stored.bytes) : null;
  }

  /** Puts bytes under a key, as another program would. */
  write(key: string, bytes: Buffer, ttlMs = 3_600_000): void {
    this.#stored.set(key, { bytes: Buffer.from(bytes), until: this.#clock.monotonic() + ttlMs });
  }

  /** What a server under memory pressure does; without a key, to all of them. */
  evict(key?: string): void {
    if (key === undefined) this.#stored.clear();
    else this.#stored.delete(key);
  }

  /** How many milliseconds a key has to live; null when it is not there. */
  ttlMs(key: string): number | null {
    const stored = this.#stored.get(key);
    return stored && this.#clock.monotonic() < stored.until ? stored.until - this.#clock.monotonic() : null;
  }

  #serve<Result>(work: () => Result): Result | Promise<never> {
    if (this.#failing === 'reject') throw new Unreachable(WHAT);
    return this.#failing === 'hang' ? never() : work();
  }

  #fill(key: string, envelope: Buffer, stamp: Stamp, ttlMs: number): boolean {
    const there = this.#stampOf(key);
    if (there && compareStamps(there, stamp) > 0) return false;
    this.write(key, envelope, ttlMs);
    this.filled(key, there, stamp);
    return true;
  }

  #reclaim(keys: readonly string[], before: Stamp): number {
    const older = keys.filter((key) => {
      const stamp = this.#stampOf(key);
      return stamp !== null && compareStamps(stamp, before) < 0;
    });
    return older.filter((key) => this.#stored.delete(key)).length;
  }

  #keysUnder(prefix: string | null): string[] {
    return [...this.#stored.keys()].filter(
      (key) => this.read(key) !== null && (prefix === null || prefixesOf(key).includes(prefix)),
    );
  }

  #stampOf(key: string): Stamp | null {
    const bytes = this.read(key);
    return bytes && stampOf(bytes);
  }
}

async function* batches(keysOf: () => Promise<string[]>): AsyncGenerator<string[]> {
  const keys = await keysOf();
  for (let i = 0; i < keys.length; i += BATCH) yield keys.slice(i, i + BATCH);
}
