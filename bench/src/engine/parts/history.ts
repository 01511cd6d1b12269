import { type Row, rowOfRounds } from '../../row.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask, startTask } from '../task-process.ts';

const START_LIMIT_MS = 500;
const SCOPED = 100_000;
const WRITES_PER_SECOND = 100;

/** Measures the cost of a long log: starting a process, and hits on entries with a scope. */
export async function history(stage: Stage): Promise<Row[]> {
  await stage.flush();
  const { redis } = stage;
  return [...(await scopedRows(stage, redis)), await startRow(stage, redis)];
}

async function startRow(stage: Stage, redis: Stage['redis']): Promise<Row> {
  const appended = stage.quick ? 50_000 : 1_000_000;
  const [fresh, long] = ['fresh-log', 'long-log'];
  await inTask('appends', { redis, namespace: long }, async (task) => {
    for (let done = 0; done < appended; done += appended / 10) {
      await task.call('append', appended / 10);
      stage.log(`history: ${(done + appended / 10).toLocaleString('en')} appended`);
    }
  });
  const samples = await interleaved([long, fresh], stage.rounds, (namespace) =>
    inTask('follower-start', { redis, namespace }, (task) => task.call('measure')),
  );
  stage.log(
    `start with an empty log: ${of(samples, fresh, Number)
      .map((ms) => ms.toFixed(0))
      .join(', ')} ms`,
  );
  return rowOfRounds(
    {
      id: `start after ${appended.toLocaleString('en')} appends`,
      unit: 'ms',
      ours: of(samples, long, Number),
      against: `a limit of ${START_LIMIT_MS} ms`,
      theirs: START_LIMIT_MS,
      goal: 1,
    },
    'lower',
  );
}

async function scopedRows(stage: Stage, redis: Stage['redis']): Promise<Row[]> {
  const count = stage.quick ? SCOPED / 10 : SCOPED;
  await inTask('appends', { redis, namespace: 'scoped' }, (task) => task.call('invalidateScopes', 'bench', count));
  const [quiet, busy] = await Promise.all([
    startTask('scoped-hits', { redis, namespace: 'quiet' }),
    startTask('scoped-hits', { redis, namespace: 'scoped' }),
  ]);
  try {
    const forMs = stage.quick ? 150 : 400;
    const ways = {
      quiet: () => quiet.call('measure', forMs),
      after: () => busy.call('measure', forMs),
      during: () => busy.call('measureUnderWrites', forMs, WRITES_PER_SECOND),
    };
    const samples = await interleaved(['quiet', 'after', 'during'] as const, stage.rounds, (way) => ways[way]());
    const hits = (way: keyof typeof ways) => of(samples, way, ({ perCpuSecond }) => perCpuSecond);
    const recent = `${count.toLocaleString('en')} recent scoped invalidations`;
    const against = 'without any';
    const theirs = hits('quiet');
    return [
      rowOfRounds({
        id: `memory hit after ${recent}`,
        unit: 'hits/s of CPU',
        ours: hits('after'),
        against,
        theirs,
        goal: 0.8,
      }),
      rowOfRounds({
        id: `memory hit after ${recent}, ${WRITES_PER_SECOND} more a second`,
        unit: 'hits/s of CPU',
        ours: hits('during'),
        against,
        theirs,
      }),
    ];
  } finally {
    await Promise.all([quiet.stop(), busy.stop()]);
  }
}
