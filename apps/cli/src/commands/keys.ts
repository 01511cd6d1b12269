import { answerOf } from '@pilotlight/client';
import { type AddCommand, type CommandContext, print, wholeNumber } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { numberOf, preciseDuration, tableOf } from '../text.ts';

const HELP = `
Lists the keys in demand, those whose caching saves most load time first. Needs the role admin. READS halve every five
minutes.

Examples:
  $ npm run pilotlight -- keys
  $ npm run pilotlight -- keys stats --limit 10`;

interface KeysFlags {
  limit: number;
  cursor?: number;
  json?: boolean;
}

/** `keys`: lists hot keys. */
export const addKeys: AddCommand = (program, context, end) => {
  program
    .command('keys')
    .description('list the keys in demand')
    .argument('[prefix]', 'a prefix like stats or stats:get_stats', '*')
    .option('--limit <number>', 'the number of keys, at most 500', wholeNumber, 50)
    .option('--cursor <number>', 'the page after an earlier one', wholeNumber)
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (prefix: string, flags: KeysFlags) => end(await listKeys(prefix, flags, context)));
};

async function listKeys(
  prefix: string,
  { limit, cursor, json }: KeysFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const query = { prefix, limit, ...(cursor && { cursor }) };
  const { data } = await answerOf(
    connect(context).GET('/api/cache/keys', { params: { query }, signal: context.signal }),
  );
  const columns = [
    { title: 'key' },
    ...['reads', 'load', 'saving', 'fresh for'].map((title) => ({ title, isNumber: true }) as const),
    { title: 'input' },
  ];
  print(context, json, data, ({ keys, total, next }) => {
    const rows = keys.map((one) => [
      one.key,
      one.reads,
      preciseDuration(one.load_ms),
      preciseDuration(one.saving_ms),
      one.fresh_for_ms === null ? null : preciseDuration(one.fresh_for_ms),
      `${JSON.stringify(one.params)}${one.warmable ? '' : ' (not warmable)'}`,
    ]);
    if (rows.length === 0) return 'No keys in demand.\n';
    const more = next === null ? '' : `; the next page: --cursor ${next}`;
    return `${tableOf(context.terminal, columns, rows)}\n${numberOf(rows.length)} of ${numberOf(total)} keys${more}\n`;
  });
  return EXIT_CODES.done;
}
