import { type LogStoreName, type ReindexResult, reindex } from '@pilotlight/origin';
import { readStoresConfig } from '@pilotlight/runtime';
import { Option } from 'commander';
import { type AddCommand, type CommandContext, InvalidUse } from '../command.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { showProgress } from '../progress.ts';
import { describeResult } from './reindex-report.ts';

const HELP = `
Copies the lines of every indexed file to one log store from the other. Reads, uploads and deletions continue.
A file that is complete at the target is skipped, so the command can be stopped, killed and repeated. It repeats
its passes until nothing is missing, then lists every file whose lines differ. The last step of a switch
runs without workers: docs/operations.md, "Switch the log store".

Needs DATABASE_URL and ELASTICSEARCH_URL, for either direction.

Examples:
  $ npm run pilotlight -- reindex --to elasticsearch
  $ npm run pilotlight -- reindex --to postgres --json | tail -1`;

interface ReindexFlags {
  to: LogStoreName;
  json?: boolean;
  removeUnknown?: boolean;
}

/** `reindex`: copies the lines between the log stores. */
export const addReindex: AddCommand = (program, context, end) => {
  program
    .command('reindex')
    .description('copy the lines of all indexed files to the other log store, then compare both')
    .addOption(
      new Option('--to <store>', 'the store to copy to').choices(['elasticsearch', 'postgres']).makeOptionMandatory(),
    )
    .option('--remove-unknown', 'also remove lines at the target of files that the database has no record of')
    .option('--json', 'print progress and result as JSON, one object per line')
    .addHelpText('after', HELP)
    .action(async (flags: ReindexFlags) => end(await runReindex(flags, context)));
};

async function runReindex(
  { to, json = false, removeUnknown = false }: ReindexFlags,
  { env, terminal, signal }: CommandContext,
): Promise<ExitCode> {
  const { databaseUrl, elasticsearch } = readStoresConfig(env);
  if (elasticsearch === null) {
    throw new InvalidUse(
      'ELASTICSEARCH_URL: expected the URL of the Elasticsearch to copy to or from, got nothing; set it to the one that the api and the workers use or will use',
    );
  }
  const progress = showProgress(terminal, json);
  const onError = (error: unknown): void => terminal.err(`a connection failed: ${String(error)}\n`);
  const startedAt = performance.now();
  let result: ReindexResult;
  try {
    result = await reindex({
      databaseUrl,
      elasticsearch,
      to,
      removeUnknown,
      signal,
      onProgress: progress.show,
      onError,
    });
  } finally {
    progress.end();
  }
  const tookMs = Math.round(performance.now() - startedAt);
  if (json) terminal.out(`${JSON.stringify({ event: 'result', to, tookMs, ...result })}\n`);
  else terminal.out(describeResult(to, result, tookMs));
  const isEqual = result.isSettled && result.differences.length === 0 && result.unknown.length === 0;
  return isEqual ? EXIT_CODES.done : EXIT_CODES.different;
}
