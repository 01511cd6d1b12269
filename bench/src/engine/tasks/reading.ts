import { setImmediate } from 'node:timers/promises';
import type { Peer } from '../peers/port.ts';

/** What stands last in a key of the bench. */
export function numberOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(':') + 1));
}

/** Two tags, as an answer about files and services has them. */
export function tagsOf(key: string): readonly string[] {
  const n = numberOf(key);
  return [`file-${n % 50}`, `service-${n % 8}`];
}

/** Each key once, so many at a time. */
export async function readAll(peer: Pick<Peer, 'getOrLoad'>, keys: Iterable<string>, readers = 32): Promise<void> {
  const left = keys[Symbol.iterator]();
  const reader = async () => {
    for (let next = left.next(); !next.done; next = left.next()) await peer.getOrLoad(next.value);
  };
  await Promise.all(Array.from({ length: readers }, reader));
}

/** A process that reads from memory alone gives its event loop a turn this often, as one that serves requests does. */
const TURN_MS = 5;

/** By the clock, and by what this process took of the processors: the latter where nothing but it is at work. */
export interface Speed {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

/** Reads until the time is over. Each of the readers waits for its answer before it asks for the next. */
export async function readFor(
  peer: Pick<Peer, 'getOrLoad'>,
  keys: readonly string[],
  readers: number,
  ms: number,
): Promise<Speed> {
  const began = performance.now();
  const cpuBefore = process.cpuUsage();
  const until = began + ms;
  let reads = 0;
  let turnAt = began + TURN_MS;
  const reader = async (from: number) => {
    for (let i = from, now = began; now < until; now = performance.now()) {
      if (now >= turnAt) {
        await setImmediate();
        turnAt = performance.now() + TURN_MS;
      }
      for (let n = 0; n < 16; n++, i++) {
        const value = await peer.getOrLoad(keys[i % keys.length] ?? '');
        if (value === undefined) throw new Error('expected a value, got none');
      }
      reads += 16;
    }
  };
  await Promise.all(Array.from({ length: readers }, (_, i) => reader(Math.floor((i * keys.length) / readers))));
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    perSecond: (reads * 1_000) / (performance.now() - began),
    perCpuSecond: (reads * 1_000_000) / (user + system),
  };
}

/** A hit is measured once its code is compiled for good, which takes reads, not time; where each takes long, it takes less of them. */
const WARM_READS = 60_000;

/** Reads until the code is warm, at most so long. */
export async function warmUp(
  peer: Pick<Peer, 'getOrLoad'>,
  keys: readonly string[],
  readers: number,
  mostMs: number,
): Promise<void> {
  const slice = mostMs / 10;
  for (let reads = 0, ms = 0; reads < WARM_READS && ms < mostMs; ms += slice)
    reads += ((await readFor(peer, keys, readers, slice)).perSecond * slice) / 1_000;
}

/** The same keys in an order that no neighbourhood helps. */
export function shuffled(keys: readonly string[]): string[] {
  const step = 7_919; // prime, and no divisor of any number of keys here
  return keys.map((_, i) => keys[(i * step) % keys.length] ?? '');
}

/** Milliseconds that some work took. */
export async function msOf(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
