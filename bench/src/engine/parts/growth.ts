import { type Row, rowOfRounds } from '../../row.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { startTask, type TaskProcess } from '../task-process.ts';

/** What a hit costs as the cache grows: a process for each number of entries, measured in turn. */
export async function growth(stage: Stage): Promise<Row[]> {
  const sizes = stage.quick ? [1_000, 10_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  const tasks = new Map<number, TaskProcess<'growth'>>();
  try {
    for (const entries of sizes) {
      stage.say(`growth: filling ${entries.toLocaleString('en')} entries`);
      const flags = ['--max-old-space-size=8192'];
      tasks.set(entries, await startTask('growth', { entries, redis: stage.redis }, flags));
    }
    const samples = await interleaved(
      sizes,
      stage.rounds,
      async (entries) => (await tasks.get(entries)?.call('measure', stage.quick ? 150 : 400)) ?? Number.NaN,
      (round) => stage.say(`growth, round ${round} of ${stage.rounds}`),
    );
    const [least = 0, ...more] = sizes;
    return more.map((entries) =>
      rowOfRounds({
        id: `memory hit among ${entries.toLocaleString('en')} entries`,
        unit: 'hits/s of CPU',
        ours: of(samples, entries, Number),
        against: `among ${least.toLocaleString('en')}`,
        theirs: of(samples, least, Number),
        goal: 0.8,
      }),
    );
  } finally {
    for (const task of tasks.values()) await task.stop();
  }
}
