import { ApiUnreachable } from '@pilotlight/client';
import { type AddCommand, type CommandContext, wholeNumber } from '../command.ts';
import { addConditions, type ConditionFlags, conditionsOf } from '../conditions.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { followEvents } from '../follow-events.ts';
import { type LogLine, lineOf } from '../log-line.ts';
import { printable } from '../text.ts';

const HELP = `
Prints the matching lines of files that are indexed from now on, until Ctrl-C. Standard error names lines that match and
are not sent, because too many do. --lines ends the command after a number of lines.

Examples:
  $ npm run pilotlight -- tail --level ERROR FATAL
  $ npm run -s pilotlight -- tail 'status:5*' --json | jq -r .message`;

interface TailFlags extends ConditionFlags {
  lines?: number;
  json?: boolean;
}

/** `tail`: prints lines as they are indexed. */
export const addTail: AddCommand = (program, context, end) => {
  const command = program
    .command('tail')
    .description('print matching log lines as they are indexed')
    .argument('[query...]', 'words that all occur in a line');
  addConditions(command)
    .option('--lines <number>', 'end after this number of lines', wholeNumber)
    .option('--json', 'print each line as a JSON object')
    .addHelpText('after', HELP)
    .action(async (words: string[], flags: TailFlags) => end(await tail(words, flags, context)));
};

async function tail(words: readonly string[], flags: TailFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal, signal } = context;
  let left = flags.lines ?? Number.POSITIVE_INFINITY;
  try {
    for await (const { event, data } of followEvents(connect(context), pathOf(words, flags), signal)) {
      if (event === 'skipped') terminal.err(`skipped lines: ${printable(data)}\n`);
      if (event !== 'line') continue;
      terminal.out(flags.json ? `${data}\n` : lineOf(JSON.parse(data) as LogLine));
      if (--left <= 0) return EXIT_CODES.done;
    }
  } catch (error) {
    // The user ends a tail: that is its normal end.
    if (signal.aborted) return EXIT_CODES.done;
    throw error;
  }
  throw new ApiUnreachable('the api did not answer with a stream of events');
}

function pathOf(words: readonly string[], flags: TailFlags): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(conditionsOf(words, flags)))
    for (const one of [value].flat()) query.append(name, String(one));
  return `/api/search/events?${query}`;
}
