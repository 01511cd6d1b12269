import { answerOf } from '@pilotlight/client';
import { type AddCommand, type CommandContext, InvalidUse, print } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { numberOf } from '../text.ts';

const HELP = `
Loads the keys in demand that are not fresh, with a lower priority than readers, at most 200 keys and for at most 10 s.
Needs the role admin. Exits with 1 if a load failed.

Examples:
  $ npm run pilotlight -- warm stats
  $ npm run pilotlight -- warm "*"
  $ npm run pilotlight -- warm --key stats:get_stats:44136fa355b3678a1146ad16f7e8649e`;

interface WarmFlags {
  key?: string;
  json?: boolean;
}

/** `warm`: loads keys before a reader asks for them. */
export const addWarm: AddCommand = (program, context, end) => {
  program
    .command('warm')
    .description('load the keys in demand that are not fresh')
    .argument('[prefix]', 'a prefix like stats; "*" is everything')
    .option('--key <key>', 'one key')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (prefix: string | undefined, flags: WarmFlags) => end(await warm(prefix, flags, context)));
};

async function warm(prefix: string | undefined, { key, json }: WarmFlags, context: CommandContext): Promise<ExitCode> {
  if ((prefix === undefined) === (key === undefined))
    throw new InvalidUse('warm: expected either a prefix or --key, got both or none; "*" is the prefix of everything');
  const body = { ...(prefix && { prefix }), ...(key && { key }) };
  const { data } = await answerOf(connect(context).POST('/api/cache/warm', { body, signal: context.signal }));
  print(context, json, data, ({ loaded, fresh, skipped, failed }) => {
    const rest = [
      ...(skipped > 0 ? [`skipped ${numberOf(skipped)}, which have no recipe or came too late`] : []),
      ...(failed > 0 ? [`failed to load ${numberOf(failed)}: the log of the api says why`] : []),
    ];
    return `Loaded ${numberOf(loaded)} keys, ${numberOf(fresh)} were fresh${rest.map((one) => `; ${one}`).join('')}.\n`;
  });
  return data.failed > 0 ? EXIT_CODES.failed : EXIT_CODES.done;
}
