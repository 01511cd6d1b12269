import { percentile, type Row, rowOfRounds } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { startTask } from '../task-process.ts';

const LIMIT_MS = 50;
const LOAD_MS = 10;
const PATIENCE_MS = 1_000;
/** Time that a process may take to detect that a server does not answer, in ms. */
const NOTICE_MS = 1_500;

type Server = 'cache' | 'queue';

interface Added {
  readonly p99Ms: number;
  readonly errors: number;
}

const WHAT = { cache: 'redis of the entries frozen', queue: 'redis of log and lock frozen' } as const;

/**
 * Reads new keys with a Redis that accepts commands and never answers. Measures what a read costs beyond a load of 10
 * ms after the outage is detected.
 */
export async function frozenRedis(stage: Stage): Promise<Row[]> {
  const [first, ...peers] = stage.entrants('both', true);
  if (!first) throw new Error('expected our own engine among the contenders');
  const rounds = stage.quick ? 1 : stage.rounds;
  const samples = await interleaved(
    ['cache', 'queue'] as const,
    rounds,
    (server) => measure(stage, server, server === 'cache' ? [first, ...peers] : [first]),
    (round) => stage.log(`frozen redis, round ${round} of ${rounds}`),
  );
  const added = (server: Server, entrant: Entrant) => of(samples, server, (it) => it.get(entrant)?.p99Ms ?? Number.NaN);
  const errors = (server: Server) => of(samples, server, (it) => it.get(first)?.errors ?? Number.NaN);
  const row = (server: Server, against: string, theirs: number | readonly number[], goal?: number) =>
    rowOfRounds(
      {
        id: WHAT[server],
        unit: `ms added at p99, at most ${PATIENCE_MS}`,
        ours: added(server, first),
        against,
        theirs,
        ...(goal && { goal }),
      },
      'lower',
    );
  const limits = (['cache', 'queue'] as const).flatMap((server) => [
    row(server, `a limit of ${LIMIT_MS} ms`, LIMIT_MS, 1),
    noErrors(WHAT[server], errors(server)),
  ]);
  return [...limits, ...peers.map((peer) => row('cache', shownAs(peer), added('cache', peer)))];
}

/** In percent of reads without an error, because a ratio of error counts would be one of zeros. */
function noErrors(id: string, errors: readonly number[]): Row {
  const answered = errors.map((share) => 100 * (1 - share));
  return rowOfRounds({ id, unit: '% without error', ours: answered, against: 'all', theirs: 100, goal: 1 });
}

/** Measures all contenders at the same time: the pace is slow, and a frozen server has no work to share. */
async function measure(
  stage: Stage,
  server: Server,
  measured: readonly Entrant[],
): Promise<ReadonlyMap<Entrant, Added>> {
  await stage.flush();
  const start = (entrant: Entrant) =>
    startTask('paced-reads', { ...entrant, tiers: 'both', redis: stage.redis, loadMs: LOAD_MS });
  const tasks = await Promise.all(measured.map(start));
  const readAll = (forMs: number) =>
    Promise.all(tasks.map((task) => task.call('read', { perSecond: 150, forMs, patienceMs: PATIENCE_MS })));
  try {
    await readAll(400);
    stage[server].kill('SIGSTOP');
    await readAll(NOTICE_MS);
    const reads = await readAll(stage.quick ? 1_000 : 2_000);
    return new Map(
      measured.map((entrant, i) => {
        const { took = [], errors = 0 } = reads[i] ?? {};
        return [entrant, { p99Ms: percentile(took, 0.99) - LOAD_MS, errors: errors / took.length }];
      }),
    );
  } finally {
    stage[server].kill('SIGCONT');
    await Promise.all(tasks.map((task) => task.stop()));
  }
}
