import { latencyOfClass } from './latency-classes.ts';

/** The number of reads that took at most `upToMs` milliseconds, and longer than the entry before. */
export interface LatencyCount {
  readonly upToMs: number;
  readonly reads: number;
}

/** The reads of one prefix in this process since its start. */
export interface ProcessCounts {
  readonly prefix: string;
  readonly reads: readonly {
    outcome: 'hit' | 'stale' | 'miss' | 'bypass';
    tier: 'memory' | 'redis' | null;
    n: number;
  }[];
  readonly failures: number;
  readonly collapsed: number;
  readonly unverified: number;
  readonly bytes: number;
  readonly loadMsSaved: number;
  /** Exact to 25 %. A timed hit counts for the untimed ones too. */
  readonly latency: { readonly hit: readonly LatencyCount[]; readonly miss: readonly LatencyCount[] };
}

/** Groups counts under the names of a delta (`{prefix}|{name}`) by prefix. */
export function processCounts(counts: ReadonlyMap<string, number>): ProcessCounts[] {
  const prefixes = new Map<string, Map<string, number>>();
  for (const [name, n] of counts) {
    const bar = name.lastIndexOf('|');
    const own = prefixes.get(name.slice(0, bar)) ?? new Map<string, number>();
    prefixes.set(name.slice(0, bar), own.set(name.slice(bar + 1), n));
  }
  return [...prefixes].map(([prefix, own]) => ofPrefix(prefix, own));
}

function ofPrefix(prefix: string, counts: ReadonlyMap<string, number>): ProcessCounts {
  const of = (name: string) => counts.get(name) ?? 0;
  return {
    prefix,
    reads: [
      { outcome: 'hit', tier: 'memory', n: of('hit') - of('shared.hit') },
      { outcome: 'hit', tier: 'redis', n: of('shared.hit') },
      { outcome: 'stale', tier: 'memory', n: of('stale') - of('shared.stale') },
      { outcome: 'stale', tier: 'redis', n: of('shared.stale') },
      { outcome: 'miss', tier: null, n: of('miss') },
      { outcome: 'bypass', tier: null, n: of('bypass') },
    ],
    failures: of('failures'),
    collapsed: of('collapsed'),
    unverified: of('unverified'),
    bytes: of('bytes'),
    loadMsSaved: of('saved'),
    latency: { hit: latencyCounts(counts, 'hit@'), miss: latencyCounts(counts, 'miss@') },
  };
}

function latencyCounts(counts: ReadonlyMap<string, number>, classPrefix: string): LatencyCount[] {
  return [...counts]
    .filter(([name]) => name.startsWith(classPrefix))
    .map(([name, reads]) => ({ index: Number(name.slice(classPrefix.length)), reads }))
    .sort((a, b) => a.index - b.index)
    .map(({ index, reads }) => ({ upToMs: latencyOfClass(index), reads }));
}
