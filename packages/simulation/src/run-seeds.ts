import { Worker } from 'node:worker_threads';
import type { Piece, PieceDone } from './seed-worker.ts';
import type { SimulationResult } from './simulate.ts';

export interface SeedsOptions {
  readonly from?: number;
  readonly seeds: number;
  /** Number of threads, each with its own engine. Defaults to 1. */
  readonly workers?: number;
  /** Name of one of `MUTANTS`: runs the engine without one of its rules. */
  readonly mutant?: string | null;
  /** Ends the run once a seed has broken a promise in the given way. */
  readonly until?: (result: SimulationResult) => boolean;
  /** Called after each piece of seeds. */
  readonly onProgress?: (done: SeedsDone) => void;
}

export interface SeedsDone {
  readonly seeds: number;
  readonly wrong: readonly SimulationResult[];
  readonly tally: Readonly<Record<string, number>>;
}

const PIECE = 50;

/** Simulates a range of seeds on worker threads. */
export async function runSeeds(options: SeedsOptions): Promise<SeedsDone> {
  const { from = 1, seeds, workers = 1, mutant = null, until, onProgress } = options;
  const sum = { seeds: 0, wrong: [] as SimulationResult[], tally: {} as Record<string, number> };
  let next = from;
  let isFound = false;
  const nextPiece = (): Piece | null => {
    if (next >= from + seeds || isFound) return null;
    const piece = { from: next, to: Math.min(next + PIECE, from + seeds) };
    next = piece.to;
    return piece;
  };
  const add = (done: PieceDone) => {
    sum.seeds += done.seeds;
    sum.wrong.push(...done.wrong);
    isFound ||= until !== undefined && done.wrong.some(until);
    for (const [name, n] of Object.entries(done.tally)) sum.tally[name] = (sum.tally[name] ?? 0) + n;
    onProgress?.(sum);
  };
  await Promise.all(Array.from({ length: workers }, () => work(mutant, nextPiece, add)));
  sum.wrong.sort((a, b) => a.seed - b.seed);
  return sum;
}

/** Runs one worker, piece after piece, until there are no more. */
function work(mutant: string | null, nextPiece: () => Piece | null, add: (done: PieceDone) => void): Promise<void> {
  // Without the parent's flags, because a test runner's loader does not work in the worker.
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), { workerData: { mutant }, execArgv: [] });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const goOn = () => {
    const piece = nextPiece();
    if (piece) worker.postMessage(piece);
    else resolve();
  };
  worker.on('message', (done: PieceDone) => {
    add(done);
    goOn();
  });
  worker.once('error', reject);
  goOn();
  return promise.finally(() => worker.terminate());
}
