import { setTimeout as sleep } from 'node:timers/promises';
import type { FileSums, RetentionPlan, RetentionRules } from '@pilotlight/contracts';
import { createOrigin, type Origin } from '@pilotlight/origin';
import { readStoresConfig } from '@pilotlight/runtime';
import { type AddCommand, type CommandContext, InvalidUse } from '../command.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { numberOf } from '../progress.ts';

const HELP = `
Deletes the files that are due by RETENTION_DAYS and RETENTION_BYTES, as the workers do every minute. The files are
hidden at once; a running worker invalidates the caches and removes the lines. --dry-run only lists the files.

Needs DATABASE_URL, and ELASTICSEARCH_URL if the api and the workers have it.

Examples:
  $ RETENTION_DAYS=30 npm run pilotlight -- retention --dry-run
  $ npm run pilotlight -- retention --json`;

/** Files that the text lists. */
const LISTED_FILES = 100;
/** Files per run; another run follows while more are due. */
const FILES_PER_RUN = 2_000;
/** The pause while a worker applies the rules, in ms. */
const BUSY_MS = 500;

interface RetentionFlags {
  dryRun?: boolean;
  json?: boolean;
}

/** `retention`: deletes the files that are due. */
export const addRetention: AddCommand = (program, context, end) => {
  program
    .command('retention')
    .description('delete the files that are due by age or by size')
    .option('--dry-run', 'list the files and delete nothing')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: RetentionFlags) => end(await runRetention(flags, context)));
};

async function runRetention(
  { dryRun = false, json = false }: RetentionFlags,
  { env, terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const { databaseUrl, elasticsearch, retention: rules } = readStoresConfig(env);
  if (rules.days === null && rules.bytes === null) {
    throw new InvalidUse(
      'RETENTION_DAYS, RETENTION_BYTES: expected at least one of them, got none; set the rule to apply',
    );
  }
  const onError = (error: unknown): void => terminal.err(`a connection failed: ${String(error)}\n`);
  const origin = createOrigin({ databaseUrl, elasticsearch, onError });
  try {
    const deleted = dryRun ? null : await applyRules(origin, rules, signal);
    const plan = await origin.retention.plan(rules, LISTED_FILES);
    if (json) terminal.out(`${JSON.stringify({ dry_run: dryRun, deleted, ...plan })}\n`);
    else terminal.out(deleted === null ? describePlan(plan) : `Deleted ${describeSums(deleted)}.\n`);
    return EXIT_CODES.done;
  } finally {
    await origin.close();
  }
}

async function applyRules(origin: Origin, rules: RetentionRules, signal: AbortSignal): Promise<FileSums> {
  const deleted = { files: 0, bytes: 0, lines: 0 };
  for (;;) {
    signal.throwIfAborted();
    const { outcome, ...run } = await origin.retention.apply(rules, { maxFiles: FILES_PER_RUN, signal });
    deleted.files += run.files;
    deleted.bytes += run.bytes;
    deleted.lines += run.lines;
    if (outcome === 'done') return deleted;
    if (outcome === 'busy') await sleep(BUSY_MS, undefined, { signal });
  }
}

function describePlan({ due, stored, files }: RetentionPlan): string {
  const lines = [`Due: ${describeSums(due)}, of ${describeSums(stored)}.`];
  for (const { id, name, reason, newest_at, bytes } of files) {
    lines.push(`  ${id}  ${reason.padEnd(5)}  ${newest_at}  ${numberOf(bytes)} bytes  ${JSON.stringify(name)}`);
  }
  const rest = due.files - files.length;
  if (rest > 0) lines.push(`  and ${numberOf(rest)} more`);
  return `${lines.join('\n')}\n`;
}

function describeSums({ files, bytes, lines }: FileSums): string {
  return `${numberOf(files)} files with ${numberOf(lines)} lines and ${numberOf(bytes)} stored bytes`;
}
