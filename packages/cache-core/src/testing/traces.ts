import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './seeded-random.ts';

/** The requested keys, in order. */
export interface Trace {
  readonly name: string;
  readonly keys: readonly string[];
}

/** A trace, or the reason why it is missing. */
export type TraceOrMissing = Trace | { readonly missing: string };

/** Real inputs, stored beside the project; they are not part of it. */
const SHARED_DATA = join(import.meta.dirname, '../../../../../shared/data');

/** A web server's trace that Caffeine and cache2k are tested with: 76,118 requests of 20,484 keys. */
export function webTrace(): TraceOrMissing {
  const path = join(SHARED_DATA, 'traces/caffeine_cache2k_web07.trace.xz');
  if (!existsSync(path)) return { missing: '../shared/data is not there' };
  const { stdout, status } = spawnSync('xz', ['--decompress', '--stdout', path], { maxBuffer: 1 << 26 });
  if (status !== 0) return { missing: 'there is no xz on PATH to read it with' };
  const keys = Array.from({ length: stdout.length / 4 }, (_, i) => `web:${stdout.readInt32BE(i * 4)}`);
  return { name: 'web server, as recorded', keys };
}

/** Searches of Wikipedia, drawn with the probabilities of their frequency. */
export function searchTrace(reads: number, seed: number): TraceOrMissing {
  const path = join(SHARED_DATA, 'queries/wikipedia_queries_with_probability.csv');
  if (!existsSync(path)) return { missing: '../shared/data is not there' };
  const weights = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.slice(line.lastIndexOf(',') + 1)));
  return { name: 'Wikipedia searches', keys: drawn('search', weights, reads, seed) };
}

/** Keys by Zipf's law: the n-th has 1/n^exponent of the requests of the first. */
export function zipfTrace(keys: number, reads: number, seed: number, exponent = 1): Trace {
  const weights = Array.from({ length: keys }, (_, i) => (i + 1) ** -exponent);
  const name = exponent === 1 ? `Zipf's law, ${keys} keys` : `Zipf's law with ${exponent}, ${keys} keys`;
  return { name, keys: drawn('zipf', weights, reads, seed) };
}

function drawn(prefix: string, weights: readonly number[], reads: number, seed: number): string[] {
  const sums: number[] = [];
  let sum = 0;
  for (const weight of weights) {
    sum += weight;
    sums.push(sum);
  }
  const random = new SeededRandom(seed);
  return Array.from({ length: reads }, () => `${prefix}:${firstAbove(sums, random.next() * sum)}`);
}

function firstAbove(sums: readonly number[], at: number): number {
  let [low, high] = [0, sums.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
