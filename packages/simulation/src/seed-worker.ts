import { parentPort, workerData } from 'node:worker_threads';
import type { SimulationResult } from './simulate.ts';

/** Input of a worker: a piece of the seeds to run. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** Result of a piece: the seeds that broke a promise, and the sums over all. */
export interface PieceDone {
  readonly seeds: number;
  readonly wrong: readonly SimulationResult[];
  readonly tally: Readonly<Record<string, number>>;
}

// Errors are created by the thousand here, and their stacks are never read.
Error.stackTraceLimit = 0;

const { mutant } = workerData as { mutant: string | null };
if (mutant !== null) {
  const [{ mutate }, { MUTANTS }] = await Promise.all([import('./mutants/mutate.ts'), import('./mutants/mutants.ts')]);
  const found = MUTANTS.find(({ name }) => name === mutant);
  if (!found) throw new Error(`expected one of ${MUTANTS.map(({ name }) => name).join(', ')}, got ${mutant}`);
  mutate(found);
}
const { simulate } = await import('./simulate.ts');

parentPort?.on('message', async ({ from, to }: Piece) => {
  const wrong: SimulationResult[] = [];
  const tally: Record<string, number> = {};
  for (let seed = from; seed < to; seed++) {
    const result = await simulate({ seed });
    if (result.wrong.length > 0) wrong.push(result);
    for (const [name, n] of Object.entries(result.tally)) tally[name] = (tally[name] ?? 0) + n;
  }
  parentPort?.postMessage({ seeds: to - from, wrong, tally } satisfies PieceDone);
});
