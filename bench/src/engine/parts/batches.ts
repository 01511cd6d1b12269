import { type Row, rowOfRounds, withCpu } from '../../row.ts';
import { type Entrant, shownAs } from '../entrant.ts';
import type { PayloadSize } from '../payloads.ts';
import type { ContenderName } from '../peers/contenders.ts';
import { interleaved, of } from '../rounds.ts';
import type { Stage } from '../stage.ts';
import { inTask } from '../task-process.ts';
import type { BatchRun, BatchSpeed } from '../tasks/batches.ts';

type Way = { readonly entrant: Entrant; readonly how: BatchRun['how'] };

const SIZES = ['0.2 kB', '3 kB'] as const satisfies PayloadSize[];

/**
 * Reads 100 keys at once from Redis: our batch against our single reads, and against the batches of peers that have
 * them.
 */
export async function batches(stage: Stage): Promise<Row[]> {
  const way = (contender: ContenderName, tagged: boolean, how: BatchRun['how'] = 'batch'): Way => ({
    entrant: { contender, tagged, client: 'plain' },
    how,
  });
  const ours = way('ours', true);
  const apart = way('ours', true, 'apart');
  const together = way('ours', true, 'together');
  const raw = way('raw', false);
  const peers = [way('cacheable', true), way('layered-loader', false), way('cache-manager', false)];
  await stage.flush();
  const samples = await interleaved(
    [ours, apart, together, raw, ...peers],
    stage.rounds,
    ({ entrant, how }) =>
      inTask('batches', { ...entrant, tiers: 'redis', redis: stage.redis }, async (task) => {
        const forMs = stage.quick ? 120 : 300;
        const speeds: Partial<Record<PayloadSize, BatchSpeed>> = {};
        for (const size of SIZES) speeds[size] = await task.call('measure', { size, how, forMs });
        return speeds;
      }),
    (round) => stage.log(`batches, round ${round} of ${stage.rounds}`),
  );
  return SIZES.flatMap((size) => {
    const keysPerSecond = (each: Way) => of(samples, each, (it) => it[size]?.perSecond ?? Number.NaN);
    const cpuMicros = (each: Way) => of(samples, each, (it) => it[size]?.cpuMicros ?? Number.NaN);
    const row = (against: string, theirs: Way, goal?: number) => {
      const measured = {
        id: `batch of 100 from redis, ${size}`,
        unit: 'keys/s',
        ours: keysPerSecond(ours),
        against,
        theirs: keysPerSecond(theirs),
        ...(goal && { goal }),
      };
      return withCpu(rowOfRounds(measured), cpuMicros(ours), cpuMicros(theirs));
    };
    return [
      row('ioredis MGET + JSON.parse, same client settings', raw, 0.9),
      row('our single reads, one after the other', apart, 5),
      row('our single reads, 100 at once', together),
      ...peers.map((peer) => row(`${shownAs(peer.entrant)}, its batch`, peer)),
    ];
  });
}
