import type { Policy } from '../../model/policy.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { Trace } from '../../testing/traces.ts';
import { type ChangesOf, ChangingAnswers, poisson, seedOf } from './changing-answers.ts';
import { atRandom, replay } from './replay.ts';

const HOUR_MS = 3_600_000;
const FIXED = { freshFor: '5m', staleFor: 0 } as const satisfies Policy;
/** The kinds of answers: their share of the keys, and the mean time between two changes. */
const KINDS = [
  { name: 'archived', upTo: 0.7, everyMs: 168 * HOUR_MS },
  { name: 'recent', upTo: 0.9, everyMs: 6 * HOUR_MS },
  { name: 'current', upTo: 1, everyMs: HOUR_MS / 12 },
] as const;

/** Compares fixed and learnt times on the same requests and the same changes. */
export interface Compared {
  readonly trace: string;
  readonly reads: number;
  readonly limit: number;
  readonly fixed: Run;
  /** True to hide the kinds of answers: keys are learnt individually and from all keys. */
  readonly byKey: Run;
  readonly byKind: Run;
}

interface Run {
  readonly loads: number;
  /** The share of reads that returned stale data. */
  readonly stale: number;
}

/** @param limit the maximum share of stale reads for the learnt times, for each key */
export async function compare(trace: Trace, everyMs: number, limit: number): Promise<Compared> {
  const learn = { mode: 'on', between: ['10s', '24h'], outdatedShare: limit } as const;
  const run = async (policy: Policy, kindOf: ((key: string) => string) | null): Promise<Run> => {
    const world = new ChangingAnswers(9, changesOf);
    const { loads, reads, stale } = await replay(atRandom(trace.keys, everyMs, 5), {
      ...{ world, policy, kindOf, seed: 3 },
    });
    return { loads, stale: stale / reads };
  };
  return {
    trace: trace.name,
    reads: trace.keys.length,
    limit,
    fixed: await run(FIXED, null),
    byKey: await run({ ...FIXED, learn }, null),
    byKind: await run({ ...FIXED, learn }, (key) => kind(key).name),
  };
}

export function compareTable(rows: readonly Compared[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const cells = rows.flatMap(({ trace, limit, fixed, byKey, byKind }) =>
    Object.entries({ fixed, 'learnt by key': byKey, 'learnt by key and kind': byKind }).map(([how, run]) => [
      ...[trace, percent(limit), how, String(run.loads), `${percent(1 - run.loads / fixed.loads)} fewer`],
      percent(run.stale),
    ]),
  );
  const all = [['trace', 'limit', 'times', 'loads', '', 'stale reads'], ...cells];
  const widths = (all[0] ?? []).map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0)));
  return all.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}

const changesOf: ChangesOf = (key, random) => poisson(1 / kind(key).everyMs, random);

function kind(key: string): (typeof KINDS)[number] {
  const random = new SeededRandom(seedOf(key));
  random.next();
  const at = random.next();
  return KINDS.find(({ upTo }) => at < upTo) ?? KINDS[2];
}
