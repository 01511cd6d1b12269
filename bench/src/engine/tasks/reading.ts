import { setImmediate } from 'node:timers/promises';
import type { Peer } from '../peers/port.ts';

/** Returns the number at the end of a key of the bench. */
export function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}

/** Returns two tags, as an answer about files and services has them. */
export function tagsOf(key: string): readonly string[] {
  const n = numberOf(key);
  return [`file-${n % 50}`, `service-${n % 8}`];
}

/** Reads each key once, with a limited number of concurrent reads. */
export async function readAll(peer: Pick<Peer, 'getOrLoad'>, keys: Iterable<string>, readers = 32): Promise<void> {
  const left = keys[Symbol.iterator]();
  const reader = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await peer.getOrLoad(next.value);
  };
  await Promise.all(Array.from({ length: readers }, reader));
}

/** A single reader reads this many times between two looks at the clock, which cost as much as a memory hit. */
const ALONE = 16;

/**
 * Interval at which a process that reads only from memory yields to its event loop, as a process that serves requests
 * does.
 */
const TURN_MS = 5;

/**
 * Reads per second of wall time, and of this process's processor time, which includes the threads of its garbage collector and
 * compiler. Other programs of the machine change the latter least.
 */
export interface Speed {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Returns the processor time of one read in µs; NaN without a speed. */
export function cpuMicrosOf(speed: Speed | undefined): number {
  return speed === undefined ? Number.NaN : 1_000_000 / speed.perCpuSecond;
}

/** Returns the result of some work, and the processor time that this process used meanwhile, in µs. */
export async function withCpuMicros<Result>(work: () => Promise<Result>): Promise<{ result: Result; micros: number }> {
  const before = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(before);
  return { result, micros: user + system };
}

/** Reads until the time is over. Each reader waits for its answer before its next read. */
export async function readFor(
  peer: Pick<Peer, 'getOrLoad'>,
  keys: readonly string[],
  readers: number,
  ms: number,
): Promise<Speed> {
  const began = performance.now();
  const until = began + ms;
  const batch = readers === 1 ? ALONE : 1;
  let reads = 0;
  let turnAt = began + TURN_MS;
  const reader = async (from: number) => {
    for (let i = from, now = began; now < until; now = performance.now()) {
      if (now >= turnAt) {
        await setImmediate();
        turnAt = performance.now() + TURN_MS;
      }
      for (let n = 0; n < batch; n++, i++) {
        const value = await peer.getOrLoad(keys[i % keys.length] ?? '');
        if (value === undefined) throw new Error('expected a value, got none');
      }
      reads += batch;
    }
  };
  const { micros } = await withCpuMicros(() =>
    Promise.all(Array.from({ length: readers }, (_, i) => reader(Math.floor((i * keys.length) / readers)))),
  );
  return {
    perSecond: (reads * 1_000) / (performance.now() - began),
    perCpuSecond: (reads * 1_000_000) / micros,
  };
}

/** Returns the same keys in an order without locality. */
export function shuffled(keys: readonly string[]): string[] {
  const step = 7_919; // A prime that divides none of the key counts used here.
  return keys.map((_, i) => keys[(i * step) % keys.length] ?? '');
}

/** Returns the time that some work took, in ms. */
export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
