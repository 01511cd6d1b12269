import { type Row, rowOfRounds } from '../../row.ts';
import { interleaved, of, type Samples } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask, startTask, type TaskProcess } from '../task-process.ts';
import type { Speed } from '../tasks/reading.ts';

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
  return inTask('appends', { redis, namespace: 'scoped' }, async (writer) => {
    await writer.call('invalidateScopes', 'bench', count);
    const samples = await scopedHits(stage, writer);
    const hits = (way: Way) => of(samples, way, ({ perCpuSecond }) => perCpuSecond);
    const row = (what: string, way: Way, goal: number) =>
      rowOfRounds({
        id: `memory hit, ${what}`,
        unit: 'hits/s of CPU',
        ours: hits(way),
        against: 'without any',
        theirs: hits('quiet'),
        goal,
      });
    return [
      row(`after ${count.toLocaleString('en')} scoped invalidations`, 'after', 0.8),
      row(`${WRITES_PER_SECOND} scoped invalidations/s arrive`, 'arriving', 0.9),
      row(`${WRITES_PER_SECOND}/s of this process's own`, 'writing', 0.9),
    ];
  });
}

type Way = 'quiet' | 'after' | 'arriving' | 'writing';

async function scopedHits(stage: Stage, writer: TaskProcess<'appends'>): Promise<Samples<Way, Speed>> {
  const { redis } = stage;
  const [quiet, busy] = await Promise.all([
    startTask('scoped-hits', { redis, namespace: 'quiet' }),
    startTask('scoped-hits', { redis, namespace: 'scoped' }),
  ]);
  const forMs = stage.quick ? 150 : 400;
  const ways: Record<Way, () => Promise<Speed>> = {
    quiet: () => quiet.call('measure', forMs),
    after: () => busy.call('measure', forMs),
    arriving: async () => {
      await writer.call('startWriting', 'bench', WRITES_PER_SECOND);
      try {
        return await busy.call('measure', forMs);
      } finally {
        await writer.call('stopWriting');
      }
    },
    writing: () => busy.call('measureUnderWrites', forMs, WRITES_PER_SECOND),
  };
  try {
    return await interleaved(['quiet', 'after', 'arriving', 'writing'], stage.rounds, (way: Way) => ways[way]());
  } finally {
    await Promise.all([quiet.stop(), busy.stop()]);
  }
}
