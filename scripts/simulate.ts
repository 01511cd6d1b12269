import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { described, MUTANTS, runSeeds, type SeedsDone } from '@pilotlight/simulation';
import { seconds } from '@pilotlight/stack';
import { CommandError, runCommand } from './run-command.ts';
import { listenForStop } from './stop-request.ts';

interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly mutant: string | null;
}

const USAGE =
  'The flags of this command are --seeds (number of seeds), --from (first seed), --seed (a single seed), --workers and --mutant.';
const SHOW_EVERY_MS = 2_000;
/** Interval of progress lines where a line cannot be overwritten. */
const LINE_EVERY_MS = 30_000;
const MAX_SHOWN_SEEDS = 5;

/**
 * `npm run simulate`: runs the engine under many seeds of delays and faults. Exits with code 1 if any seed broke a
 * promise.
 */
await runCommand(async () => {
  const options = optionsOf(process.argv.slice(2));
  void listenForStop().asked.then((by) => {
    console.error(`\nStopped by ${by}`);
    process.exit(130);
  });
  const startedAt = performance.now();
  const progress = showProgress(options, startedAt);
  const done = await runSeeds({ ...options, ...(options.seeds > 1 && { onProgress: progress.show }) });
  progress.end();
  if (options.seeds === 1) console.log(described(options.from, done.wrong[0]?.wrong ?? []));
  console.log(summary(options, done, performance.now() - startedAt));
  process.exitCode = done.wrong.length > 0 ? 1 : 0;
});

function optionsOf(args: string[]): Options {
  const values = parsed(args);
  const mutant = values.mutant ?? null;
  if (mutant !== null && !MUTANTS.some(({ name }) => name === mutant))
    throw new CommandError(`--mutant: expected one of ${MUTANTS.map(({ name }) => name).join(', ')}, got "${mutant}".`);
  if (values.seed !== undefined) {
    if (values.seeds !== undefined || values.from !== undefined)
      throw new CommandError('--seed selects a single seed, --seeds and --from select a range: use only one of them.');
    return { from: whole('--seed', values.seed), seeds: 1, workers: 1, mutant };
  }
  return {
    from: whole('--from', values.from ?? '1'),
    seeds: whole('--seeds', values.seeds ?? '10000'),
    workers: whole('--workers', values.workers ?? String(availableParallelism())),
    mutant,
  };
}

function parsed(args: string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({ args, options: { seeds: text, from: text, seed: text, workers: text, mutant: text } }).values;
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error} ${USAGE}`);
  }
}

function whole(flag: string, text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= 1 && Number.isSafeInteger(number)) return number;
  throw new CommandError(`${flag}: expected a whole number from 1, got "${text}". ${USAGE}`);
}

/**
 * Shows a progress line on stderr that overwrites itself. Prints the first broken promises as soon as they are found.
 */
function showProgress({ seeds }: Options, startedAt: number): { show(done: SeedsDone): void; end(): void } {
  const isTerminal = process.stderr.isTTY;
  let shownAt = startedAt;
  let shownSoFar = 0;
  const show = (done: SeedsDone) => {
    const now = performance.now();
    for (const { seed, wrong } of done.wrong.slice(shownSoFar, MAX_SHOWN_SEEDS))
      process.stderr.write(`${isTerminal ? '\r\u001b[K' : ''}${described(seed, wrong)}\n`);
    shownSoFar = done.wrong.length;
    if (now - shownAt < (isTerminal ? SHOW_EVERY_MS : LINE_EVERY_MS)) return;
    shownAt = now;
    const perSecond = (done.seeds / (now - startedAt)) * 1_000;
    const left = seconds(((seeds - done.seeds) / perSecond) * 1_000);
    const line = `${done.seeds} of ${seeds} seeds, ${Math.round(perSecond)}/s, ${left} left, ${done.wrong.length} broke a promise`;
    process.stderr.write(isTerminal ? `\r\u001b[K${line}` : `${line}\n`);
  };
  return { show, end: () => process.stderr.write(isTerminal ? '\r\u001b[K' : '') };
}

function summary({ from, seeds, mutant }: Options, done: SeedsDone, ms: number): string {
  const { wrong, tally } = done;
  const count = (name: string) => (tally[name] ?? 0).toLocaleString('en');
  const which = seeds === 1 ? `seed ${from}` : `${seeds} seeds from ${from}`;
  const broken =
    wrong.length === 0
      ? 'no promise broken'
      : `${wrong.length} broke a promise, the first of them seed ${wrong[0]?.seed}`;
  const without = mutant === null ? '' : ` without ${mutant}`;
  return `simulate: ${which}${without}: ${broken}; ${count('reads')} reads, ${count('loads')} loads, ${count('applied')} acknowledged changes, ${count('faults')} faults in ${seconds(ms)}, ${Math.round((done.seeds / ms) * 1_000)} seeds/s`;
}
