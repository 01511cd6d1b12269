import { median, type Row, rowOfRounds } from '../../row.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask, type TaskProcess } from '../task-process.ts';

const LIMIT_MS = 10;
const RECLAIM_PER_SECOND = 50_000;
const CLEARS = 20;

/** Clears a prefix with different numbers of keys, and frees their bytes afterwards. */
export async function clears(stage: Stage): Promise<Row[]> {
  const sizes = stage.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  await stage.flush();
  return inTask('clears', { redis: stage.redis }, async (task) => {
    for (const keys of sizes) {
      stage.log(`clearing: filling ${keys.toLocaleString('en')} keys`);
      await task.call('fill', prefixOf(keys), keys);
    }
    const samples = await interleaved(sizes, stage.rounds, async (keys) =>
      median(await task.call('clear', prefixOf(keys), CLEARS)),
    );
    const [least = 0] = sizes;
    const ms = (keys: number) => of(samples, keys, Number);
    const rows = sizes.map((keys) =>
      rowOfRounds(
        {
          id: `clearing ${keys.toLocaleString('en')} keys`,
          unit: 'ms',
          ours: ms(keys),
          against: `a limit of ${LIMIT_MS} ms`,
          theirs: LIMIT_MS,
          goal: 1,
        },
        'lower',
      ),
    );
    const most = sizes.at(-1) ?? least;
    const flat = rowOfRounds(
      {
        id: `clearing ${most.toLocaleString('en')} keys`,
        unit: 'ms',
        ours: ms(most),
        against: `clearing ${least.toLocaleString('en')}`,
        theirs: ms(least),
        goal: 0.8,
      },
      'lower',
    );
    return [...rows, flat, await reclaimRow(stage, task)];
  });
}

async function reclaimRow(stage: Stage, task: TaskProcess<'clears'>): Promise<Row> {
  await stage.flush();
  const keys = stage.quick ? 20_000 : 100_000;
  const perSecond: number[] = [];
  for (let round = 1; round <= stage.rounds; round++) {
    await task.call('fill', `reclaim${round}`, keys);
    perSecond.push(await task.call('reclaim', `reclaim${round}`));
    stage.log(`reclaim, round ${round} of ${stage.rounds}: ${Math.round(perSecond.at(-1) ?? 0)} keys/s`);
  }
  return rowOfRounds({
    id: `reclaim of ${keys.toLocaleString('en')} keys`,
    unit: 'keys/s',
    ours: perSecond,
    against: `a minimum of ${RECLAIM_PER_SECOND.toLocaleString('en')}`,
    theirs: RECLAIM_PER_SECOND,
    goal: 1,
  });
}

const prefixOf = (keys: number): string => `clear${keys}`;
