import type { Policy } from '../../model/policy.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { Trace } from '../../testing/traces.ts';
import { ChangingAnswers, poisson, seedOf } from './changing-answers.ts';
import { atRandom, replay } from './replay.ts';

const HOUR_MS = 3_600_000;

/** The kinds of answers, their shares of the keys. Uploads change the open ones. */
const KINDS = [
  { name: 'file', upTo: 0.3 },
  { name: 'bounded', upTo: 0.6 },
  { name: 'open', upTo: 1 },
] as const;
type Kind = (typeof KINDS)[number]['name'];

/** How often data changes: with an invalidation of the open answers, and without one by kind. Mean times in ms; null for never. */
export interface World {
  readonly name: string;
  readonly announcedEveryMs: number | null;
  readonly hiddenEveryMs: Readonly<Record<Kind, number | null>>;
}

/** From an application whose writes all have an invalidation to one in which no change of an open answer has. */
export const WORLDS: readonly World[] = [
  {
    name: 'every change is invalidated, one in 10 minutes',
    announcedEveryMs: HOUR_MS / 6,
    hiddenEveryMs: { file: null, bounded: null, open: null },
  },
  {
    name: 'one in 10 minutes is invalidated, rare ones are not',
    announcedEveryMs: HOUR_MS / 6,
    hiddenEveryMs: { file: null, bounded: 168 * HOUR_MS, open: 6 * HOUR_MS },
  },
  {
    name: 'no change is invalidated',
    announcedEveryMs: null,
    hiddenEveryMs: { file: 168 * HOUR_MS, bounded: 6 * HOUR_MS, open: HOUR_MS / 12 },
  },
];

/** The result of one replay. */
export interface Run {
  readonly loads: number;
  /** The share of reads that returned data that had changed. */
  readonly stale: number;
  /** How long such data had been wrong: the mean over all reads, in ms. */
  readonly wrongForMs: number;
}

export interface Compared {
  readonly trace: string;
  readonly world: string;
  readonly fixedMs: number;
  readonly fixed: Run;
  readonly learnt: Run;
}

export interface CompareOptions {
  readonly trace: Trace;
  /** The mean time between two reads, in ms. */
  readonly everyMs: number;
  readonly fixedMs: number;
  readonly world: World;
  /** The maximum share of stale reads for the learnt times. */
  readonly limit: number;
}

/** Replays one trace with fixed times, and with times learnt between a fifth and five times of them. Both see the same changes. */
export async function compareBounded({ trace, everyMs, fixedMs, world, limit }: CompareOptions): Promise<Compared> {
  const between = [fixedMs / 5, fixedMs * 5] as const;
  const run = async (policy: Policy): Promise<Run> => {
    const { loads, reads, stale, wrongForMs } = await replay(atRandom(trace.keys, everyMs, 5), {
      world: new ChangingAnswers(9, (key, random) => poisson(rateOf(world.hiddenEveryMs[kindOf(key)]), random)),
      policy,
      kindOf,
      announced: {
        at: poisson(rateOf(world.announcedEveryMs), new SeededRandom(7)),
        tag: 'open',
        hits: (key) => kindOf(key) === 'open',
      },
      seed: 3,
    });
    return { loads, stale: stale / reads, wrongForMs: wrongForMs / reads };
  };
  return {
    trace: trace.name,
    world: world.name,
    fixedMs,
    fixed: await run({ freshFor: fixedMs }),
    learnt: await run({ freshFor: fixedMs, learn: { mode: 'on', between, outdatedShare: limit } }),
  };
}

function rateOf(everyMs: number | null): number {
  return everyMs === null ? 0 : 1 / everyMs;
}

function kindOf(key: string): Kind {
  const random = new SeededRandom(seedOf(key));
  random.next();
  const at = random.next();
  return KINDS.find(({ upTo }) => at < upTo)?.name ?? 'open';
}

export function boundedTable(rows: readonly Compared[]): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const cells = rows.flatMap(({ trace, world, fixedMs, fixed, learnt }) =>
    Object.entries({ fixed, learnt }).map(([how, run]) => [
      ...[trace, `${fixedMs / 1_000} s`, world, how, String(run.loads)],
      ...[`${percent(1 - run.loads / fixed.loads)} fewer`, percent(run.stale), `${run.wrongForMs.toFixed(0)} ms`],
    ]),
  );
  const all = [['trace', 'fixed', 'changes', 'times', 'loads', '', 'stale reads', 'wrong for'], ...cells];
  const widths = (all[0] ?? []).map((_, i) => Math.max(...all.map((line) => line[i]?.length ?? 0)));
  return all.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')).join('\n');
}
