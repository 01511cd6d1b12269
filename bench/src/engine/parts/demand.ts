import { median, type Row, rowOfRounds } from '../../row.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';

/** The recording of demand may take this share of a hit. */
const MAX_SHARE = 0.01;

/** Measures the share of a memory hit that the recording of demand takes, in a new process per round. */
export async function demand(stage: Stage): Promise<Row[]> {
  await stage.flush();
  const samples = await interleaved(
    ['hit'] as const,
    stage.rounds,
    () => inTask('demand-hits', { redis: stage.redis }, (task) => task.call('measure', stage.quick ? 200 : 400)),
    (round) => stage.log(`demand, round ${round} of ${stage.rounds}`),
  );
  const rounds = samples.get('hit') ?? [];
  const share = (costs: (typeof rounds)[number]) => median(costs.map(({ recorded, plain }) => recorded / plain)) - 1;
  stage.log(`demand: ${rounds.map((costs) => `${(100 * share(costs)).toFixed(2)} %`).join(', ')} of a hit`);
  const plain = of(samples, 'hit', (costs) => median(costs.map((cost) => cost.plain)));
  return [
    rowOfRounds(
      {
        id: 'memory hit with its demand recorded',
        unit: 'µs of CPU',
        ours: plain.map((micros, round) => micros * (1 + share(rounds[round] ?? []))),
        against: `the same hit without, at most ${100 * MAX_SHARE} % less`,
        theirs: plain,
        goal: 1 - MAX_SHARE,
      },
      'lower',
    ),
  ];
}
