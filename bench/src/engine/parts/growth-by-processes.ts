import { median, type Row } from '../../row.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { startTask, type TaskProcess } from '../task-process.ts';
import { growthRow } from './growth-row.ts';

const ENTRIES = 1_000;

type Group = readonly TaskProcess<'grown'>[];

/** The costs in the first process of a group. */
interface Costs {
  readonly hitUs: number;
  readonly redisHitUs: number;
  readonly missUs: number;
  readonly heapMib: number;
  readonly receiptMs: number;
}

/**
 * Measures the cost of each operation in one process as processes are added that follow the same log. The others do nothing
 * else: if all worked at once, the figures would show how few cores the machine has. A receipt waits for all of them. Groups
 * of all sizes are up meanwhile, each with a log of its own, and are measured in turn.
 */
export async function growthByProcesses(stage: Stage): Promise<Row[]> {
  const sizes = stage.quick ? [1, 4, 16] : [1, 2, 4, 8, 16];
  const groups = new Map<number, Group>();
  const started: TaskProcess<'grown'>[] = [];
  try {
    for (const size of sizes) {
      stage.log(`growth: starting ${size} processes`);
      const options = { redis: stage.redis, namespace: `group-of-${size}`, entries: ENTRIES };
      const start = async () => {
        const task = await startTask('grown', options, ['--expose-gc']);
        started.push(task);
        return task;
      };
      const group = await Promise.all(Array.from({ length: size }, start));
      groups.set(size, group);
    }
    for (const [first] of groups.values()) await first?.call('warmUp', stage.quick ? 500 : 2_000);
    return await rows(stage, groups);
  } finally {
    await Promise.all(started.map((task) => task.stop()));
  }
}

async function rows(stage: Stage, groups: ReadonlyMap<number, Group>): Promise<Row[]> {
  const sizes = [...groups.keys()];
  const samples = await interleaved(
    sizes,
    stage.rounds,
    (size) => costsOf(groups.get(size) ?? [], stage.quick ? 100 : 300),
    (round) => stage.log(`growth by processes, round ${round} of ${stage.rounds}`),
  );
  const [least = 1] = sizes;
  const flat = () => 1;
  const curve = (name: string, unit: string, pick: (costs: Costs) => number, mayGrow = flat as (n: number) => number) =>
    sizes.map((size) =>
      growthRow({
        point: { curve: name, axis: 'processes', at: size },
        unit,
        ours: of(samples, size, pick),
        least: of(samples, least, pick),
        leastAt: least,
        mayGrow: mayGrow(size),
      }),
    );
  return [
    ...curve('memory hit', 'µs of CPU', ({ hitUs }) => hitUs),
    ...curve('redis hit', 'µs', ({ redisHitUs }) => redisHitUs),
    ...curve('miss with redis and lock', 'µs', ({ missUs }) => missUs),
    ...curve('heap of a process', 'MiB', ({ heapMib }) => heapMib),
    ...curve(
      'receipt',
      'ms',
      ({ receiptMs }) => receiptMs,
      (size) => 1 + Math.log2(size),
    ),
  ];
}

async function costsOf([first]: Group, times: number): Promise<Costs> {
  if (!first) throw new Error('expected a group of processes, got none');
  return {
    hitUs: 1_000_000 / (await first.call('measure', 'near', times)),
    redisHitUs: await first.call('redisHits', 2 * times),
    missUs: await first.call('misses', times),
    heapMib: (await first.call('heapBytes')) / 2 ** 20,
    receiptMs: median(await first.call('receipts', times)),
  };
}
