import { OriginError } from '@pilotlight/origin';
import { ConfigError } from '@pilotlight/runtime';
import { Command, CommanderError } from 'commander';
import { type AddCommand, type CommandContext, InvalidUse } from './command.ts';
import { addReindex } from './commands/reindex.ts';
import { addRetention } from './commands/retention.ts';
import { addToken } from './commands/token.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

const COMMANDS: readonly AddCommand[] = [addReindex, addRetention, addToken];

const HELP = `
Environment:
  DATABASE_URL        the Postgres of the api and the workers
  ELASTICSEARCH_URL   the Elasticsearch, for commands that use it
  RETENTION_DAYS, RETENTION_BYTES   the rules of retention
  DATABASE_PASSWORD, ELASTICSEARCH_CA and the variables with _FILE work as for the api.

Exit codes:
  0    done
  1    failed; standard error says why, and the command can be repeated
  2    invalid arguments or environment; nothing was done
  3    done, and there are differences, which are listed
  130  stopped by a signal; the command can be repeated

Examples:
  $ npm run pilotlight -- reindex --to elasticsearch
  $ npm run pilotlight -- reindex --to postgres --json > result.jsonl
  $ npm run pilotlight -- retention --dry-run
  $ npm run pilotlight -- token create ci --role write --file secrets/tokens
  $ npm run pilotlight -- reindex --help`;

/** Runs the command that the arguments name. Returns the exit code; errors are printed, not thrown. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  let code: ExitCode = EXIT_CODES.done;
  const program = new Command('pilotlight')
    .usage('<command> [options]')
    .description('Works on the data of Pilotlight.')
    .addHelpText('after', HELP)
    .helpCommand('help [command]', 'print the help of a command')
    .showHelpAfterError('Run "npm run pilotlight -- --help" for the commands and their options.')
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .exitOverride();
  for (const add of COMMANDS) {
    add(program, context, (ended) => {
      code = ended;
    });
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.done : EXIT_CODES.invalid;
    if (signal.aborted) {
      terminal.err(`${String(signal.reason)}; repeat the command to continue\n`);
      return EXIT_CODES.stopped;
    }
    terminal.err(`${messageOf(error)}\n`);
    return error instanceof ConfigError || error instanceof InvalidUse ? EXIT_CODES.invalid : EXIT_CODES.failed;
  }
}

/** Returns the text of an error for the user: without a stack if the error was thrown on purpose. */
function messageOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof InvalidUse || error instanceof OriginError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
