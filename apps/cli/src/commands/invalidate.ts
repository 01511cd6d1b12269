import { answerOf, type paths } from '@pilotlight/client';
import { type AddCommand, type CommandContext, InvalidUse, print } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { numberOf, preciseDuration } from '../text.ts';

const HELP = `
Once it returns, no process serves an answer that was loaded before. Needs the role admin. Name a prefix, or one of
--key, --tag and a scope (--service, --level, --from, --to, --file-id): a scope selects the answers that may depend on
such log records, of a prefix or of all endpoints. --dry-run only counts, and adds up what loading the keys in demand
again costs.

Examples:
  $ npm run pilotlight -- invalidate stats --dry-run
  $ npm run pilotlight -- invalidate "*"
  $ npm run pilotlight -- invalidate search --service web --level ERROR
  $ npm run pilotlight -- invalidate --key stats:get_stats:44136fa355b3678a1146ad16f7e8649e --expire`;

type Body = paths['/api/cache/invalidate']['post']['requestBody']['content']['application/json'];
type Scope = NonNullable<Body['scope']>;
type Level = Extract<NonNullable<Scope['level']>, readonly unknown[]>;
type Invalidated = paths['/api/cache/invalidate']['post']['responses'][200]['content']['application/json'];

interface InvalidateFlags {
  key?: string;
  tag?: string;
  service?: string;
  level?: Level;
  from?: string;
  to?: string;
  fileId?: string;
  expire?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** `invalidate`: invalidates or expires answers on every process. */
export const addInvalidate: AddCommand = (program, context, end) => {
  program
    .command('invalidate')
    .description('invalidate answers on every process')
    .argument('[prefix]', 'a prefix like stats or stats:get_stats; "*" is everything')
    .option('--key <key>', 'one key')
    .option('--tag <tag>', 'the answers with a tag')
    .option('--service <name>', 'the answers that may depend on records of a service')
    .option('--level <level...>', 'of these levels')
    .option('--from <time>', 'of this time and later')
    .option('--to <time>', 'of earlier times')
    .option('--file-id <id>', 'of one file')
    .option('--expire', 'let answers be served while they are reloaded')
    .option('--dry-run', 'count, and invalidate nothing')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (prefix: string | undefined, flags: InvalidateFlags) =>
      end(await invalidate(prefix, flags, context)),
    );
};

async function invalidate(
  prefix: string | undefined,
  { key, tag, expire, dryRun = false, json, ...flags }: InvalidateFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const scope = scopeOf(flags);
  const target = { ...(prefix && { prefix }), ...(key && { key }), ...(tag && { tag }), ...(scope && { scope }) };
  if (Object.keys(target).length === 0)
    throw new InvalidUse(
      'invalidate: expected a prefix, --key, --tag or a scope, got none; "*" is the prefix of everything',
    );
  const body = { ...target, mode: expire ? 'expire' : 'invalidate', dry_run: dryRun } as const;
  const call = connect(context).POST('/api/cache/invalidate', { body, signal: context.signal });
  print(context, json, (await answerOf(call)).data, (answer) => describe(answer, expire ? 'expire' : 'invalidate'));
  return EXIT_CODES.done;
}

function scopeOf({ service, level, from, to, fileId }: InvalidateFlags): Scope | null {
  const scope = {
    ...(service && { service }),
    ...(level && { level }),
    ...(from && { from }),
    ...(to && { to }),
    ...(fileId && { file_id: fileId }),
  };
  return Object.keys(scope).length === 0 ? null : scope;
}

function describe({ invalidated, position, receipt_ms, rewarm }: Invalidated, mode: 'invalidate' | 'expire'): string {
  const entries = `${numberOf(invalidated)} ${invalidated === 1 ? 'entry' : 'entries'}`;
  if (position !== null && receipt_ms !== null)
    return `${mode === 'expire' ? 'Expired' : 'Invalidated'} ${entries} at position ${position}; every process confirmed within ${preciseDuration(receipt_ms)}.\n`;
  const would = `Would ${mode} ${entries}.`;
  if (!rewarm) return `${would} The keys in demand are not known now.\n`;
  const { keys, load_ms, unmeasured } = rewarm;
  const more = unmeasured === 0 ? '' : `, and the load times of ${unmeasured} more that are not measured yet`;
  return `${would} Loading the ${numberOf(keys)} of them in demand again takes the origin ${preciseDuration(load_ms)}${more}.\n`;
}
