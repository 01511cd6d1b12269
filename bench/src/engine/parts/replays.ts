import { type Row, row } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import type { ContenderName } from '../peers/contenders.ts';
import { requestsOf, TRACES } from '../replays/traces.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';

const MIB = 2 ** 20;
/** The default of `memoryBytes`, and a quarter of it, which is less than the answers take. */
const ROOMS = [64, 16] as const;
/** Contenders whose memory is not bounded in the settings of their documentation. */
const UNBOUNDED: readonly ContenderName[] = ['cacheable', 'bentocache-shared', 'map'];

/**
 * Replays requests against memory of the same bytes for each contender, and compares the hits with those of a cache that
 * keeps everything. It misses only the first read of each key. A replay has no times, so it is not repeated.
 */
export async function replays(stage: Stage): Promise<Row[]> {
  const traces = stage.quick ? TRACES.slice(0, 1) : TRACES;
  const rows: Row[] = [];
  for (const trace of traces) {
    const requests = requestsOf(trace, stage.quick ? 20_000 : 100_000);
    if ('missing' in requests) {
      stage.log(`replay of ${trace}: skipped: ${requests.missing}`);
      continue;
    }
    for (const mib of ROOMS) rows.push(...(await rowsOf(stage, trace, requests, mib)));
  }
  return rows;
}

async function rowsOf(stage: Stage, trace: string, requests: readonly string[], mib: number): Promise<Row[]> {
  const [first, ...peers] = stage.entrants('memory', false).filter(({ contender }) => !UNBOUNDED.includes(contender));
  if (!first) throw new Error('expected our own engine among the contenders');
  const ideal = requests.length - new Set(requests).size;
  const shareOf = async ({ contender }: Entrant) => {
    const options = { contender, memoryBytes: mib * MIB };
    const hits = await inTask('replays', options, (task) => task.call('replay', requests), ['--expose-gc']);
    stage.log(`replay of ${trace} in ${mib} MiB: ${contender} ${((100 * hits) / ideal).toFixed(1)} % of the ideal`);
    return (100 * hits) / ideal;
  };
  const measured = { id: `hit ratio in ${mib} MiB, ${trace}`, unit: '% of the ideal', ours: await shareOf(first) };
  const rows = [row({ ...measured, against: 'a cache that keeps everything', theirs: 100, goal: 0.95 })];
  for (const peer of peers)
    rows.push(row({ ...measured, against: shownAs(peer), theirs: await shareOf(peer), goal: 1 }));
  return rows;
}
