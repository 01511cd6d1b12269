import { Worker } from 'node:worker_threads';
import type { Piece, PieceDone } from './seed-worker.ts';
import type { SimulationResult } from './simulate.ts';

export interface SeedsOptions {
  readonly from?: number;
  readonly seeds: number;
  /** Threads, each with an engine of its own. Default 1. */
  readonly workers?: number;
  /** By the name of `MUTANTS`: the engine without one of its rules. */
  readonly mutant?: string | null;
  /** Ends once a seed has broken a promise in a way that is looked for. */
  readonly until?: (result: SimulationResult) => boolean;
  /** Told after each piece of seeds. */
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

/** One worker, piece after piece, until there is none. */
function work(mutant: string | null, nextPiece: () => Piece | null, add: (done: PieceDone) => void): Promise<void> {
  // None of the parent's flags: a test runner's loader is not meant for it.
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
