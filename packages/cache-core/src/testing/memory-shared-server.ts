import type { Clock } from '../model/clock.ts';
import { compareStamps, type Stamp } from '../model/entry.ts';
import { Unreachable } from '../model/errors.ts';
import { prefixesOf } from '../model/selector.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import { Link, never } from './link.ts';

const WHAT = 'the cache server';
/** The number of keys in one batch of a scan. */
const BATCH = 1_000;

/** A tier that simulated processes share. It stores bytes, like the real one. */
export class MemorySharedServer {
  readonly #clock: Clock;
  readonly #stored = new Map<string, { bytes: Buffer; until: number }>();
  #failing: 'reject' | 'hang' | null = null;
  /** Called for each fill that was stored, with the stamp of the replaced entry. */
  filled: (key: string, before: Stamp | null, stamp: Stamp) => void = () => undefined;
  /** The number of entries that were requested. */
  gets = 0;
  /** The number of requests, for one entry or for many. */
  asks = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns the port of one process, over its link, which answers within 50 ms. */
  connect(link: Link = new Link(this.#clock, 50)): SharedTier {
    const ask = <Result>(work: () => Result) => link.call(WHAT, () => this.#serve(work));
    const getMany = (keys: readonly string[]) =>
      ask(() => {
        this.asks++;
        this.gets += keys.length;
        return keys.map((key) => this.read(key));
      });
    return {
      get: gathered(getMany),
      getMany,
      fill: (key, envelope, stamp, ttlMs) => ask(() => this.#fill(key, envelope, stamp, ttlMs)),
      remove: (key) => ask(() => this.#stored.delete(key)),
      reclaim: (prefix, before) => ask(() => this.#reclaim(this.#keysUnder(prefix), before)),
      reclaimKeys: (keys, before) => ask(() => this.#reclaim(keys, before)),
      scan: (prefix) => batches(() => ask(() => this.#keysUnder(prefix))),
      ttlMs: (key) => ask(() => this.ttlMs(key)),
    };
  }

  /** Makes every command fail, by a rejection or by no answer. */
  fail(mode: 'reject' | 'hang'): void {
    this.#failing = mode;
  }

  /** Makes commands succeed again. */
  recover(): void {
    this.#failing = null;
  }

  /** Returns the raw bytes under a key. */
  read(key: string): Buffer | null {
    const stored = this.#stored.get(key);
    return stored && this.#clock.monotonic() < stored.until ? Buffer.from(stored.bytes) : null;
  }

  /** Writes bytes under a key, as another program does. */
  write(key: string, bytes: Buffer, ttlMs = 3_600_000): void {
    this.#stored.set(key, { bytes: Buffer.from(bytes), until: this.#clock.monotonic() + ttlMs });
  }

  /** Evicts a key, as a server under memory pressure does; without a key, all keys. */
  evict(key?: string): void {
    if (key === undefined) this.#stored.clear();
    else this.#stored.delete(key);
  }

  /** Returns the key's time to live in ms, or null if it does not exist. */
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

/** The calls of one turn share a round trip, as on the real tier. */
function gathered(
  getMany: (keys: readonly string[]) => Promise<readonly (Buffer | null)[]>,
): (key: string) => Promise<Buffer | null> {
  let keys: string[] = [];
  let answers: Promise<readonly (Buffer | null)[]> | null = null;
  return async (key) => {
    const index = keys.push(key) - 1;
    answers ??= Promise.resolve().then(() => {
      const asked = keys;
      keys = [];
      answers = null;
      return getMany(asked);
    });
    return (await answers)[index] ?? null;
  };
}

/**
 * Returns the stamp of an envelope of any format version, encrypted or not; null for other bytes. The stamp is unchecked:
 * it only decides which entry remains in a store, as in `fill.lua` and `reclaim.lua`. `EntryCodec` decides what may be
 * served.
 */
export function stampOf(bytes: Buffer): Stamp | null {
  if (bytes.length < 24 || !/^PLC\d$/.test(bytes.toString('latin1', 0, 4))) return null;
  return { epoch: bytes.readDoubleBE(8), asOf: bytes.readDoubleBE(16) };
}
