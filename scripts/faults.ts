import { parseArgs } from 'node:util';
import { type FaultRun, runFaults } from '../test/faults/run-faults.ts';
import { seconds } from '../test/faults/scenario.ts';
import { CommandError, runCommand } from './run-command.ts';
import { listenForStop } from './stop-request.ts';

const USAGE = 'The flags of this command are --minutes (duration of the faults) and --seed (choice of the faults).';

/**
 * `npm run faults`: runs the whole system under random faults, then verifies the final state. Exits with code 1 if a
 * promise was broken.
 */
await runCommand(async () => {
  const { minutes, seed } = optionsOf(process.argv.slice(2));
  void listenForStop().asked.then((by) => {
    // The supervisor stops the started servers; everything else ends with this process.
    console.error(`\nStopped by ${by}`);
    process.exit(130);
  });
  const run = await runFaults({ seed, forMs: minutes * 60_000, log: (line) => console.log(line) });
  console.log(`\n${report(run)}`);
  console.log(summary(run, minutes, seed));
  process.exitCode = run.wrong.length > 0 ? 1 : 0;
});

function optionsOf(args: string[]): { minutes: number; seed: number } {
  const values = parsed(args);
  const minutes = Number(values.minutes ?? '2');
  if (!(minutes > 0 && minutes <= 1_440))
    throw new CommandError(`--minutes: expected more than 0, at most 1440, got "${values.minutes}". ${USAGE}`);
  const seed = Number(values.seed ?? '1');
  if (!Number.isSafeInteger(seed) || seed < 1)
    throw new CommandError(`--seed: expected a whole number from 1, got "${values.seed}". ${USAGE}`);
  return { minutes, seed };
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, options: { minutes: { type: 'string' }, seed: { type: 'string' } } }).values;
  } catch (error) {
    throw new CommandError(`${error instanceof Error ? error.message : error} ${USAGE}`);
  }
}

/**
 * Returns the recovery times per kind of fault, for faults that did not overlap with others, and the requests without
 * an answer.
 */
function report({ happened, unanswered }: FaultRun): string {
  const alone = happened.filter(({ names }) => names.length === 1);
  const rows = [...Map.groupBy(alone, ({ names }) => names.join())].sort(([a], [b]) => a.localeCompare(b));
  const cell = (times: (number | null)[]): string => {
    const sorted = times.map((ms) => ms ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
    return `${shown(sorted[Math.floor((sorted.length - 1) / 2)])} / ${shown(sorted.at(-1))}`.padStart(17);
  };
  const lines = rows.map(([name, each]) =>
    [
      name.padEnd(44),
      String(each.length).padStart(4),
      cell(each.map(({ recovery }) => recovery.readyMs)),
      cell(each.map(({ recovery }) => recovery.verifiedMs)),
      cell(each.map(({ recovery }) => recovery.appliedMs)),
    ].join(' '),
  );
  const header = `${'recovery, median / max'.padEnd(44)} times ${'ready'.padStart(16)} ${'verified'.padStart(17)} ${'applied'.padStart(17)}`;
  const errors = [...unanswered].sort(([, a], [, b]) => b - a).map(([what, times]) => `${times} × ${what}`);
  return [header, ...lines, '', `requests without an answer: ${errors.join(', ') || 'none'}`].join('\n');
}

function shown(ms: number | undefined): string {
  return ms === undefined || ms === Number.POSITIVE_INFINITY ? 'never' : seconds(ms);
}

function summary({ wrong, happened, reads, unverified, writes }: FaultRun, minutes: number, seed: number): string {
  const verdict =
    wrong.length === 0 ? 'no promise broken' : `${wrong.length} violations, the first: ${wrong[0]?.split('\n')[0]}`;
  return `faults: seed ${seed}, ${minutes} minutes: ${verdict}; ${happened.length} faults, ${reads} reads (${unverified} unverified), ${writes} writes`;
}
