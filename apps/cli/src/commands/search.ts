import { answerOf } from '@pilotlight/client';
import { Option } from 'commander';
import { type AddCommand, type CommandContext, print, wholeNumber } from '../command.ts';
import { addConditions, type ConditionFlags, conditionsOf } from '../conditions.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { lineOf } from '../log-line.ts';
import { numberOf } from '../text.ts';

const HELP = `
The words are a query: "a phrase", prefix*, OR, NOT, level:error, status:404 (README, "Search"). Quote it for the shell.

Examples:
  $ npm run pilotlight -- search 'declined OR timeout' --level ERROR --limit 20
  $ npm run pilotlight -- search '"card declined"' --from 2026-03-01 --context 2
  $ npm run -s pilotlight -- search 'status:5*' --json | jq -r '.results[].message'`;

const ORDERS = ['newest', 'oldest', 'line'] as const;

interface SearchFlags extends ConditionFlags {
  limit: number;
  context: number;
  sort: (typeof ORDERS)[number];
  after?: string;
  json?: boolean;
}

/** `search`: finds log lines. */
export const addSearch: AddCommand = (program, context, end) => {
  const command = program
    .command('search')
    .description('find log lines')
    .argument('[query...]', 'words that all occur in a line');
  addConditions(command)
    .option('--limit <number>', 'the number of lines, at most 1,000', wholeNumber, 50)
    .option('--context <number>', 'lines before and after each', wholeNumber, 0)
    .addOption(new Option('--sort <order>', 'the order; line is that of one file').choices(ORDERS).default('newest'))
    .option('--after <cursor>', 'the page after an earlier one')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (words: string[], flags: SearchFlags) => end(await search(words, flags, context)));
};

async function search(words: readonly string[], flags: SearchFlags, context: CommandContext): Promise<ExitCode> {
  const { limit, sort, after, json } = flags;
  const page = { page_size: limit, sort, context: flags.context, ...(after && { after }) };
  const body = { ...conditionsOf(words, flags), ...page };
  const { data, outcome } = await answerOf(connect(context).POST('/api/search', { body, signal: context.signal }));
  print(context, json, data, ({ results, total, total_relation, took_ms, next }) => {
    const lines = results.flatMap((hit) => [
      ...(hit.context?.before ?? []).map((line) => `  ${lineOf(line)}`),
      lineOf(hit),
      ...(hit.context?.after ?? []).map((line) => `  ${lineOf(line)}`),
    ]);
    const found = `${numberOf(results.length)} of ${total_relation === 'gte' ? 'more than ' : ''}${numberOf(total)} lines`;
    const from = outcome === null ? '' : `, ${outcome.outcome}${outcome.tier === null ? '' : ` in ${outcome.tier}`}`;
    const more = next === null ? '' : `; the next page: --after ${next}`;
    return `${lines.join('')}${lines.length === 0 ? '' : '\n'}${found}, found in ${numberOf(took_ms)} ms${from}${more}\n`;
  });
  return EXIT_CODES.done;
}
