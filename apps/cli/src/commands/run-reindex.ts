import { type LogStoreName, OriginError, type ReindexResult, reindex } from '@pilotlight/origin';
import { ConfigError, readStoresConfig } from '@pilotlight/runtime';
import { type CommandContext, CommandFailed, InvalidUse } from '../command.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { showProgress } from '../progress.ts';
import { describeResult } from './reindex-report.ts';

export interface ReindexFlags {
  to: LogStoreName;
  json?: boolean;
  removeUnknown?: boolean;
}

/** Copies the lines to a log store, and prints progress and result. Rejects with `InvalidUse` or `CommandFailed` for expected reasons. */
export async function runReindex(flags: ReindexFlags, context: CommandContext): Promise<ExitCode> {
  try {
    return await copyAll(flags, context);
  } catch (error) {
    if (error instanceof ConfigError) throw new InvalidUse(error.message, { cause: error });
    if (error instanceof OriginError) throw new CommandFailed(error.message, { cause: error });
    throw error;
  }
}

async function copyAll(
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
