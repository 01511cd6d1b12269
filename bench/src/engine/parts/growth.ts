import { startRedis } from '@pilotlight/stack';
import { median, type Point, type Row, rowOfRounds } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import { interleaved, of, type Samples } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { startTask, type TaskProcess } from '../task-process.ts';
import type { Hot } from '../tasks/growth.ts';
import { growthRow } from './growth-row.ts';

const PEER: Entrant = { contender: 'async-cache-dedupe', tagged: true, client: 'plain' };
const FLAGS = ['--max-old-space-size=8192', '--expose-gc'];

/**
 * Multiplier of the rounds of other parts, for hits: effects of the machine on the processor's caches change a single
 * measurement by a factor of three.
 */
const ROUNDS = 3;

interface Cell {
  readonly whose: 'ours' | 'peer';
  readonly entries: number;
  readonly hot: Hot;
}

type Ours = ReadonlyMap<number, TaskProcess<'grown'>>;
type Peers = ReadonlyMap<number, TaskProcess<'growth'>>;

/**
 * Measures the cost of each operation as the cache grows, in one process per number of entries, in turn. Keys that lie far
 * apart in memory cost more in any cache, because the processor's caches hold fewer of them; a peer is therefore measured
 * too.
 */
export async function growth(stage: Stage): Promise<Row[]> {
  const sizes = stage.quick ? [1_000, 100_000] : [1_000, 10_000, 100_000, 1_000_000];
  const stopping: (() => Promise<void>)[] = [];
  try {
    const ours = await startOurs(stage, sizes, stopping);
    const peers = await startPeers(stage, [sizes[0] ?? 0, sizes.at(-1) ?? 0], stopping);
    for (const task of ours.values()) await task.call('warmUp', stage.quick ? 500 : 2_000);
    return [...(await hitRows(stage, sizes, ours, peers)), ...(await otherRows(stage, ours))];
  } finally {
    for (const stop of stopping.reverse()) await stop();
  }
}

/** Starts a process and a server of entries for each number of entries: a server with more keys may answer more slowly. */
async function startOurs(stage: Stage, sizes: readonly number[], stopping: (() => Promise<void>)[]): Promise<Ours> {
  const ours = new Map<number, TaskProcess<'grown'>>();
  for (const entries of sizes) {
    stage.log(`growth: filling ours with ${entries.toLocaleString('en')} entries`);
    const server = await startRedis({ role: 'queue' }); // This role never evicts.
    stopping.push(() => server.stop());
    const redis = { ...stage.redis, cacheUrl: server.url };
    const task = await startTask('grown', { redis, namespace: `grown-${entries}`, entries }, FLAGS);
    stopping.push(() => task.stop());
    ours.set(entries, task);
  }
  return ours;
}

async function startPeers(stage: Stage, sizes: readonly number[], stopping: (() => Promise<void>)[]): Promise<Peers> {
  const peers = new Map<number, TaskProcess<'growth'>>();
  for (const entries of sizes) {
    stage.log(`growth: filling ${PEER.contender} with ${entries.toLocaleString('en')} entries`);
    const options = { ...PEER, tiers: 'memory', redis: stage.redis, entries } as const;
    const task = await startTask('growth', options, FLAGS);
    stopping.push(() => task.stop());
    peers.set(entries, task);
  }
  return peers;
}

async function hitRows(stage: Stage, sizes: readonly number[], ours: Ours, peers: Peers): Promise<Row[]> {
  const cellsOf = (hot: Hot): Cell[] => sizes.map((entries) => ({ whose: 'ours', entries, hot }));
  const [near, far] = [cellsOf('near'), cellsOf('far')];
  const ofPeer = [...peers.keys()].map((entries): Cell => ({ whose: 'peer', entries, hot: 'far' }));
  const rounds = ROUNDS * stage.rounds;
  const samples = await interleaved(
    [...near, ...far, ...ofPeer],
    rounds,
    async ({ whose, entries, hot }) => {
      const task = whose === 'ours' ? ours.get(entries) : peers.get(entries);
      return (await task?.call('measure', hot, stage.quick ? 100 : 300)) ?? Number.NaN;
    },
    (round) => stage.log(`growth of a hit, round ${round} of ${rounds}`),
  );
  const [ourFar, peerLeast, peerMost] = [far.at(-1), ofPeer[0], ofPeer.at(-1)];
  if (!ourFar || !peerLeast || !peerMost) return [];
  return [
    ...hitCurve('memory hit', near, samples),
    ...hitCurve('memory hit, far apart', far, samples),
    hitRow(', far apart', ourFar, samples, shownAs(PEER), peerMost),
    hitRow(`, far apart: ${shownAs(PEER)}`, peerMost, samples, `its own ${among(peerLeast)}`, peerLeast),
  ];
}

const among = ({ entries }: Cell): string => `among ${entries.toLocaleString('en')}`;

function hitCurve(curve: string, cells: readonly Cell[], samples: Samples<Cell, number>): Row[] {
  const [least] = cells;
  if (!least) return [];
  return cells.map((cell) => {
    const what = cell.hot === 'far' ? ', far apart' : '';
    return hitRow(what, cell, samples, among(least), least, { curve, axis: 'entries', at: cell.entries });
  });
}

function hitRow(
  what: string,
  cell: Cell,
  samples: Samples<Cell, number>,
  against: string,
  theirs: Cell,
  point?: Point,
): Row {
  const measured = rowOfRounds({
    id: `memory hit among ${cell.entries.toLocaleString('en')} entries${what}`,
    unit: 'hits/s of CPU',
    ours: of(samples, cell, Number),
    against,
    theirs: of(samples, theirs, Number),
    ...(point && cell !== theirs && { goal: 0.8 }),
  });
  return point ? { ...measured, point } : measured;
}

/** What one process costs, besides its hits. */
interface Costs {
  readonly redisHitUs: number;
  readonly missUs: number;
  readonly receiptMs: number;
  readonly bytes: number;
}

async function otherRows(stage: Stage, ours: Ours): Promise<Row[]> {
  const times = stage.quick ? 100 : 300;
  const samples = await interleaved(
    [...ours.keys()],
    stage.rounds,
    async (entries): Promise<Costs> => {
      const task = ours.get(entries);
      if (!task) throw new Error(`expected a process with ${entries} entries`);
      return {
        redisHitUs: await task.call('redisHits', 2 * times),
        missUs: await task.call('misses', times),
        receiptMs: median(await task.call('receipts', times / 2)),
        bytes: await task.call('bytesPerEntry'),
      };
    },
    (round) => stage.log(`growth by entries, round ${round} of ${stage.rounds}`),
  );
  const curve = (name: string, unit: string, pick: (costs: Costs) => number) =>
    [...ours.keys()].map((entries, _, all) =>
      growthRow({
        point: { curve: name, axis: 'entries', at: entries },
        unit,
        ours: of(samples, entries, pick),
        least: of(samples, all[0] ?? entries, pick),
        leastAt: all[0] ?? entries,
        mayGrow: 1,
      }),
    );
  return [
    ...curve('redis hit', 'µs', ({ redisHitUs }) => redisHitUs),
    ...curve('miss with redis and lock', 'µs', ({ missUs }) => missUs),
    ...curve('receipt', 'ms', ({ receiptMs }) => receiptMs),
    ...curve('memory per entry', 'bytes', ({ bytes }) => bytes),
  ];
}
