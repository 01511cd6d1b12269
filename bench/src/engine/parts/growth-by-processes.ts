import { startRedis } from '@pilotlight/stack';
import { median, type Row } from '../../row.ts';
import { receiptMayGrow } from '../page/growth-charts.ts';
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
  const sizes = stage.quick ? [1, 4] : [1, 2, 4, 8, 16];
  const groups = new Map<number, Group>();
  const stopping: (() => Promise<void>)[] = [];
  try {
    for (const size of sizes) groups.set(size, await startGroup(stage, size, stopping));
    for (const [first] of groups.values()) await first?.call('warmUp', stage.quick ? 500 : 2_000);
    return await rows(stage, groups);
  } finally {
    await Promise.all(stopping.map((stop) => stop()));
  }
}

/** Starts processes with a log and a server of entries of their own: an entry belongs to the log of its process. */
async function startGroup(stage: Stage, size: number, stopping: (() => Promise<void>)[]): Promise<Group> {
  stage.log(`growth: starting ${size} processes`);
  const server = await startRedis({ role: 'queue' }); // This role never evicts.
  stopping.push(() => server.stop());
  const redis = { ...stage.redis, cacheUrl: server.url };
  const start = async () => {
    const options = { redis, namespace: `group-of-${size}`, entries: ENTRIES };
    const task = await startTask('grown', options, ['--expose-gc']);
    stopping.push(() => task.stop());
    return task;
  };
  const first = await start(); // It fills both tiers; the others read from Redis.
  return [first, ...(await Promise.all(Array.from({ length: size - 1 }, start)))];
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
    ...curve('receipt', 'ms', ({ receiptMs }) => receiptMs, receiptMayGrow),
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
