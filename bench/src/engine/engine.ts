import { machine, notMeasured, type Row } from '../row.ts';
import type { SuiteOptions } from '../suite.ts';
import { type KeptRun, keepRuns } from './page/kept-runs.ts';
import { writePage } from './page/write-page.ts';
import { batches } from './parts/batches.ts';
import { clears } from './parts/clears.ts';
import { coldKey } from './parts/cold-key.ts';
import { demand } from './parts/demand.ts';
import { frozenRedis } from './parts/frozen-redis.ts';
import { growth } from './parts/growth.ts';
import { growthByProcesses } from './parts/growth-by-processes.ts';
import { heap } from './parts/heap.ts';
import { history } from './parts/history.ts';
import { memoryHits } from './parts/memory-hits.ts';
import { misses } from './parts/misses.ts';
import { receipts } from './parts/receipts.ts';
import { redisHits } from './parts/redis-hits.ts';
import { replays } from './parts/replays.ts';
import { twoTierHits } from './parts/two-tier-hits.ts';
import { onStage, type Stage } from './stage.ts';

type Part = (stage: Stage) => Promise<Row[]>;

const PARTS = {
  'memory-hits': memoryHits,
  'two-tier-hits': twoTierHits,
  'redis-hits': redisHits,
  batches,
  misses,
  'cold-key': coldKey,
  receipts,
  clears,
  'frozen-redis': frozenRedis,
  history,
  demand,
  growth,
  'growth-by-processes': growthByProcesses,
  replays,
  heap,
} satisfies Record<string, Part>;

/**
 * Compares the engine with other cache libraries, each in the settings that its own documentation recommends.
 *
 * @throws {Error} if `--only` names an unknown part
 */
export async function engine(options: SuiteOptions): Promise<Row[]> {
  const parts = partsOf(options);
  return await onStage(options, async (stage) => {
    const runs: KeptRun[] = [];
    for (const [name, part] of parts) runs.push(await runOf(name, part, stage));
    if (options.page) {
      keepRuns(runs, Object.keys(PARTS));
      writePage(options.log);
    }
    return runs.flatMap(({ rows }) => rows);
  });
}

async function runOf(name: string, part: Part, stage: Stage): Promise<KeptRun> {
  const began = performance.now();
  const rows = await part(stage).catch((error: unknown) => failed(name, error, stage));
  const seconds = Math.round((performance.now() - began) / 1_000);
  stage.log(`${name}: ${seconds} s`);
  return {
    part: name,
    day: new Date().toISOString().slice(0, 10),
    kind: stage.quick ? 'quick' : 'full',
    rounds: stage.rounds,
    seconds,
    machine: machine(),
    rows: rows.map((row) => ({ ...row, part: name })),
  };
}

function partsOf({ only }: SuiteOptions): [name: string, part: Part][] {
  const unknown = only?.filter((name) => !(name in PARTS)) ?? [];
  if (unknown.length > 0)
    throw new Error(`--only: expected any of ${Object.keys(PARTS).join(', ')}, got ${unknown.join(', ')}`);
  return Object.entries(PARTS).filter(([name]) => !only || only.includes(name));
}

/** Records a failed part as a row, so that the failure is visible and the figures of the other parts are kept. */
function failed(part: string, error: unknown, { log }: Stage): Row[] {
  const why = error instanceof Error ? error.message : String(error);
  log(`${part}: ${error instanceof Error ? error.stack : why}`);
  return [notMeasured(part, why)];
}
