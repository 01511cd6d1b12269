import { answerOf } from '@pilotlight/client';
import { Option } from 'commander';
import { type AddCommand, type CommandContext, print, wholeNumber } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { bytesOf, numberOf, tableOf } from '../text.ts';

const HELP = `
Examples:
  $ npm run pilotlight -- files --name shop
  $ npm run -s pilotlight -- files --state failed --json | jq -r '.files[].error'`;

const STATES = ['in_progress', 'indexed', 'failed'] as const;

interface FilesFlags {
  limit: number;
  cursor?: string;
  state?: (typeof STATES)[number];
  name?: string;
  json?: boolean;
}

/** `files`: lists the uploaded files. */
export const addFiles: AddCommand = (program, context, end) => {
  program
    .command('files')
    .description('list the uploaded files, newest first')
    .option('--limit <number>', 'the number of files, at most 1,000', wholeNumber, 50)
    .option('--cursor <cursor>', 'the page after an earlier one')
    .addOption(new Option('--state <state>', 'only files in this state').choices(STATES))
    .option('--name <text>', 'only files with this text in their names, in any case')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (flags: FilesFlags) => end(await listFiles(flags, context)));
};

async function listFiles({ json, ...query }: FilesFlags, context: CommandContext): Promise<ExitCode> {
  const { data } = await answerOf(connect(context).GET('/api/files', { params: { query }, signal: context.signal }));
  const columns = [
    { title: 'id' },
    { title: 'status' },
    ...['lines', 'records', 'errors', 'size'].map((title) => ({ title, isNumber: true }) as const),
    { title: 'uploaded' },
    { title: 'name' },
  ];
  print(context, json, data, ({ files, stats, next }) => {
    const rows = files.map(({ id, status, uploaded_at, name, error, ...file }) => {
      const why = error === null ? '' : `: ${error}`;
      const counts = [file.line_count, file.record_count, file.error_count, bytesOf(file.size_bytes)];
      return [id, status, ...counts, uploaded_at, `${name}${why}`];
    });
    if (rows.length === 0) return 'No files.\n';
    const total = `${numberOf(stats.total_files)} files with ${numberOf(stats.total_lines)} lines in ${numberOf(stats.total_records)} records and ${bytesOf(stats.total_bytes)}`;
    const more = next === null ? '' : `; the next page: --cursor ${next}`;
    return `${tableOf(context.terminal, columns, rows)}\n${total}${more}\n`;
  });
  return EXIT_CODES.done;
}
