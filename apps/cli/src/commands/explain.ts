import { answerOf, type paths } from '@pilotlight/client';
import { type AddCommand, type CommandContext, print } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { bytesOf, type Cell, listOf, preciseDuration } from '../text.ts';

const HELP = `
Shows why a key is served or not: the next read and its reason, the entry in each tier, the last invalidation that
matches it, which process is loading it, and its demand. Needs the role admin. The part "memory" is that of the api
process that answers. The log of the api names keys; "keys" lists those in demand.

Examples:
  $ npm run pilotlight -- explain stats:get_stats:44136fa355b3678a1146ad16f7e8649e
  $ npm run -s pilotlight -- explain stats:get_stats:44136fa355b3678a1146ad16f7e8649e --json | jq .next`;

type Explained = paths['/api/cache/entries/{key}']['get']['responses'][200]['content']['application/json'];
type TierEntry = NonNullable<Explained['memory']>;

/** `explain`: shows everything that is known about a key. */
export const addExplain: AddCommand = (program, context, end) => {
  program
    .command('explain')
    .description('show why a key is served or not')
    .argument('<key>', 'the key, as in the log of the api')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (key: string, flags: { json?: boolean }) => end(await explainKey(key, flags.json, context)));
};

async function explainKey(key: string, json: boolean | undefined, context: CommandContext): Promise<ExitCode> {
  const call = connect(context).GET('/api/cache/entries/{key}', { params: { path: { key } }, signal: context.signal });
  print(context, json, (await answerOf(call)).data, describeKey);
  return EXIT_CODES.done;
}

function describeKey(explained: Explained): string {
  const { next, memory, redis, redis_problem, log, last_invalidation: last, demand, learned } = explained;
  const tier = next.tier === null ? '' : ` from ${next.tier}`;
  return listOf([
    ['key', explained.key],
    [
      'next read',
      `${next.outcome ?? 'not known yet'}${tier}: ${next.why}${next.verified === false ? ' (unverified)' : ''}`,
    ],
    ...entryLines('memory', memory),
    ...entryLines('redis', redis, redis?.expires_in_ms ?? null),
    ['redis problem', redis_problem],
    ['last invalidation', last === null ? 'none' : `${last.mode} by ${last.selector} at position ${last.position}`],
    ['log', `${log.state}, applied to position ${log.applied}, epoch ${log.epoch}`],
    ['loading', explained.loading],
    ['back-off', explained.backing_off_ms > 0 ? preciseDuration(explained.backing_off_ms) : null],
    [
      'demand',
      demand &&
        `${demand.reads} reads × ${preciseDuration(demand.load_ms)}${demand.warmable ? '' : ', no recipe: it is not warmed'}`,
    ],
    ['learned', learned && `${preciseDuration(learned.fresh_ms)} (${learned.mode}): ${learned.why}`],
  ]);
}

function entryLines(name: string, entry: TierEntry | null, expiresInMs: number | null = null): [string, Cell][] {
  if (entry === null) return [[name, 'no entry']];
  const codings = Object.entries(entry.codings).map(([coding, bytes]) => `, ${coding} ${bytesOf(bytes)}`);
  const scope = entry.scope === null ? 'everything' : JSON.stringify(entry.scope);
  return [
    [name, `${entry.state}: ${entry.why}`],
    [
      '',
      `${bytesOf(entry.bytes)}${codings.join('')}; loaded in ${preciseDuration(entry.load_ms)}, ${preciseDuration(entry.age_ms)} ago`,
    ],
    ['', `as of position ${entry.as_of.position}; stale until ${entry.stale_until}`],
    ['', `depends on ${scope}; tags ${entry.tags.length === 0 ? 'none' : entry.tags.join(', ')}`],
    ['', expiresInMs === null ? null : `Redis removes it in ${preciseDuration(expiresInMs)}`],
  ];
}
