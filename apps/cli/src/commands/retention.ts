import { setTimeout as sleep } from 'node:timers/promises';
import { answerOf, type paths } from '@pilotlight/client';
import { type AddCommand, type CommandContext, print } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { bytesOf, numberOf, tableOf } from '../text.ts';

const HELP = `
Deletes the files that are due by RETENTION_DAYS and RETENTION_BYTES of the api, as the workers do every minute. It
returns once no process serves them. --dry-run only lists the files. Needs the role admin.

Examples:
  $ npm run pilotlight -- retention --dry-run
  $ npm run pilotlight -- retention --json`;

/** The pause while a worker applies the rules, in ms. */
const BUSY_MS = 500;

type Answer = paths['/api/retention']['post']['responses'][200]['content']['application/json'];
type Plan = Extract<Answer, { files: unknown }>;
type Sums = Plan['due'];

interface RetentionFlags {
  dryRun?: boolean;
  json?: boolean;
}

/** `retention`: deletes the files that are due. */
export const addRetention: AddCommand = (program, context, end) => {
  program
    .command('retention')
    .description('delete the files that are due by age or by size')
    .option('--dry-run', 'list the files and delete nothing')
    .option('--json', 'print the result as one JSON object')
    .addHelpText('after', HELP)
    .action(async (flags: RetentionFlags) => end(await runRetention(flags, context)));
};

async function runRetention({ dryRun, json }: RetentionFlags, context: CommandContext): Promise<ExitCode> {
  const client = connect(context);
  const { signal, terminal } = context;
  if (dryRun) {
    const { data } = await answerOf(client.GET('/api/retention', { signal }));
    print(context, json, data, (plan) => describePlan(plan, context));
    return EXIT_CODES.done;
  }
  const deleted = { files: 0, bytes: 0, lines: 0 };
  for (;;) {
    const { data } = await answerOf(client.POST('/api/retention', { body: { dry_run: false }, signal }));
    if (!('outcome' in data)) throw new Error('expected a run of retention, got its plan');
    for (const name of ['files', 'bytes', 'lines'] as const) deleted[name] += data.deleted[name];
    if (data.outcome === 'done') {
      terminal.out(json ? `${JSON.stringify({ ...data, deleted })}\n` : `Deleted ${describeSums(deleted)}.\n`);
      return EXIT_CODES.done;
    }
    if (data.outcome === 'busy') await sleep(BUSY_MS, undefined, { signal });
  }
}

function describePlan({ rules, due, stored, files }: Plan, { terminal }: CommandContext): string {
  if (rules.days === null && rules.bytes === null)
    return 'Nothing is ever due: the api has neither RETENTION_DAYS nor RETENTION_BYTES.\n';
  const columns = [
    { title: 'id' },
    { title: 'reason' },
    { title: 'newest record' },
    { title: 'stored', isNumber: true } as const,
    { title: 'name' },
  ];
  const rows = files.map(({ id, reason, newest_at, bytes, name }) => [id, reason, newest_at, bytesOf(bytes), name]);
  const rest = due.files - files.length;
  const table = rows.length === 0 ? '' : tableOf(terminal, columns, rows);
  return `Due: ${describeSums(due)}, of ${describeSums(stored)}.\n${table}${rest > 0 ? `and ${numberOf(rest)} more\n` : ''}`;
}

function describeSums({ files, bytes, lines }: Sums): string {
  return `${numberOf(files)} files with ${numberOf(lines)} lines and ${bytesOf(bytes)} stored`;
}
