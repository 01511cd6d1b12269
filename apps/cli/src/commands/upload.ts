import { openAsBlob, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Uploaded, type UploadFields, uploadFile } from '@pilotlight/client';
import { Option } from 'commander';
import { type AddCommand, type CommandContext, InvalidUse, wholeNumber } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { bytesOf, numberOf, printable } from '../text.ts';
import { showUpload } from '../upload-progress.ts';

const HELP = `
Uploads log files, packed or not; the format is detected from the content. Times without a zone are UTC unless --timezone
says otherwise. Needs the role write, if the api has tokens.
With --wait it returns once the lines can be found, or after the number of seconds. A file that cannot be indexed ends
the command with 1.

Examples:
  $ npm run pilotlight -- upload app.log access.log.gz --wait 30
  $ npm run pilotlight -- upload iis.log --timezone Europe/Berlin --date-order dmy
  $ npm run -s pilotlight -- upload app.log --json | jq -r .file.id`;

const DATE_ORDERS = ['ymd', 'dmy', 'mdy'] as const;

interface UploadFlags {
  wait: number;
  timezone?: string;
  dateOrder?: (typeof DATE_ORDERS)[number];
  format?: string;
  shape?: string;
  json?: boolean;
}

/** `upload`: sends files to the api, one after the other. */
export const addUpload: AddCommand = (program, context, end) => {
  program
    .command('upload')
    .description('upload log files')
    .argument('<file...>', 'the files')
    .option('--wait <seconds>', 'wait until the lines can be found, at most 60', wholeNumber, 0)
    .option('--timezone <zone>', 'the zone of times that name none: +05:30, Europe/Berlin; UTC otherwise')
    .addOption(new Option('--date-order <order>', 'the order of dates like 03/04/2026').choices(DATE_ORDERS))
    .option('--format <name>', 'the format that is tried first at each line')
    .option('--shape <file>', 'a format of your own for these files, as JSON')
    .option('--json', 'print the answers of the api, one per line')
    .addHelpText('after', HELP)
    .action(async (paths: string[], flags: UploadFlags) => end(await upload(paths, flags, context)));
};

async function upload(
  paths: readonly string[],
  { wait, json, ...flags }: UploadFlags,
  context: CommandContext,
): Promise<ExitCode> {
  const readAs = await fieldsOf(flags, context);
  const client = connect(context);
  const files = await Promise.all(paths.map((path) => fileAt(path, context)));
  for (const file of files) {
    const progress = showUpload(context.terminal, file.name);
    try {
      const { data } = await uploadFile(client, file, {
        waitS: wait,
        readAs,
        onProgress: progress.show,
        signal: context.signal,
      });
      progress.end();
      context.terminal.out(json ? `${JSON.stringify(data)}\n` : describe(data));
    } finally {
      progress.end();
    }
  }
  return EXIT_CODES.done;
}

async function fieldsOf(
  { timezone, dateOrder, format, shape }: Omit<UploadFlags, 'wait' | 'json'>,
  context: CommandContext,
): Promise<UploadFields> {
  return {
    ...(timezone && { timezone }),
    ...(dateOrder && { date_order: dateOrder }),
    ...(format && { format }),
    ...(shape && { shape: await (await fileAt(shape, context)).text() }),
  };
}

/** npm runs a script in the directory of its package, and passes on the one in which the user is. */
async function fileAt(path: string, { env }: CommandContext): Promise<File> {
  const file = resolve(env['INIT_CWD'] ?? '.', path);
  try {
    if (statSync(file).isDirectory()) throw new Error('a directory');
    return new File([await openAsBlob(file)], basename(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidUse(`${path}: expected a file that can be read, got "${why}"`);
  }
}

function describe({ file, invalidation }: Uploaded): string {
  const { line_count: lines, record_count: records } = file;
  const read = records === lines ? '' : ` in ${numberOf(records)} records`;
  const counts =
    file.status === 'indexed' ? `, ${numberOf(lines)} lines${read}, ${numberOf(file.error_count)} errors` : '';
  const seen =
    invalidation.state === 'applied' ? 'every process shows it' : 'processes show it once the log is reachable';
  return `${printable(file.name)}: ${file.status} as ${file.id} (${bytesOf(file.size_bytes)}${counts}); ${seen}\n`;
}
