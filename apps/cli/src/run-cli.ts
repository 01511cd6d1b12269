import { Command, CommanderError } from 'commander';
import type { AddCommand, CommandContext } from './command.ts';
import { addCompletion } from './commands/completion.ts';
import { addExplain } from './commands/explain.ts';
import { addFiles } from './commands/files.ts';
import { addIngest } from './commands/ingest.ts';
import { addInvalidate } from './commands/invalidate.ts';
import { addKeys } from './commands/keys.ts';
import { addReindex } from './commands/reindex.ts';
import { addRetention } from './commands/retention.ts';
import { addSearch } from './commands/search.ts';
import { addStats } from './commands/stats.ts';
import { addTail } from './commands/tail.ts';
import { addToken } from './commands/token.ts';
import { addUpload } from './commands/upload.ts';
import { addWarm } from './commands/warm.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { failureOf } from './failures.ts';

const COMMANDS: readonly AddCommand[] = [
  ...[addStats, addExplain, addKeys, addInvalidate, addWarm],
  ...[addFiles, addSearch, addTail, addUpload, addIngest],
  ...[addRetention, addReindex, addToken, addCompletion],
];

const HELP = `
Environment:
  PILOTLIGHT_URL      the address of the api; http://127.0.0.1:5000 if it is not set
  PILOTLIGHT_TOKEN    the token; "npm start" prints the admin token
  DATABASE_URL, ELASTICSEARCH_URL   only for reindex, which copies for hours: the databases themselves.
  DATABASE_PASSWORD, ELASTICSEARCH_CA and the variables with _FILE work as for the api.

Exit codes:
  0    done
  1    failed; standard error says why, and the command can be repeated
  2    invalid arguments or environment; nothing was done
  3    done, and there are differences, which are listed
  4    the api does not answer at PILOTLIGHT_URL
  5    the api does not know the token (401)
  6    the token does not have the right (403)
  7    too many requests (429); standard error says when to repeat the command
  130  stopped by a signal; the command can be repeated

Examples:
  $ npm run pilotlight -- stats --window 15m
  $ npm run pilotlight -- upload app.log --wait 30
  $ tail -f app.log | npm run -s pilotlight -- ingest --stream app
  $ npm run pilotlight -- search 'declined' --level ERROR
  $ npm run pilotlight -- invalidate stats --dry-run
  $ npm run -s pilotlight -- stats --json | jq .cache_stats
  $ npm run pilotlight -- explain --help`;

/** Runs the command that the arguments name. Returns the exit code; errors are printed, not thrown. */
export async function runCli(args: readonly string[], context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  let code: ExitCode = EXIT_CODES.done;
  const program = new Command('pilotlight')
    .usage('<command> [options]')
    .description('Works with Pilotlight over HTTP.')
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
    const { code, message } = failureOf(error);
    terminal.err(`${message}\n`);
    return code;
  }
}
