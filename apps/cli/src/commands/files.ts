import { answerOf } from '@pilotlight/client';
import { type AddCommand, type CommandContext, print, wholeNumber } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { bytesOf, numberOf, tableOf } from '../text.ts';

const HELP = `
Examples:
  $ npm run pilotlight -- files
  $ npm run -s pilotlight -- files --json | jq -r '.files[] | select(.status == "failed") | .error'`;

interface FilesFlags {
  limit: number;
  cursor?: string;
  json?: boolean;
}

/** `files`: lists the uploaded files. */
export const addFiles: AddCommand = (program, context, end) => {
  program
    .command('files')
    .description('list the uploaded files, newest first')
    .option('--limit <number>', 'the number of files, at most 1,000', wholeNumber, 50)
    .option('--cursor <cursor>', 'the page after an earlier one')
    .option('--json', 'print the answer of the api')
    .addHelpText('after', HELP)
    .action(async (flags: FilesFlags) => end(await listFiles(flags, context)));
};

async function listFiles({ limit, cursor, json }: FilesFlags, context: CommandContext): Promise<ExitCode> {
  const query = { limit, ...(cursor && { cursor }) };
  const { data } = await answerOf(connect(context).GET('/api/files', { params: { query }, signal: context.signal }));
  const columns = [
    { title: 'id' },
    { title: 'status' },
    ...['lines', 'errors', 'size'].map((title) => ({ title, isNumber: true }) as const),
    { title: 'uploaded' },
    { title: 'name' },
  ];
  print(context, json, data, ({ files, stats, next }) => {
    const rows = files.map(({ id, status, line_count, error_count, size_bytes, uploaded_at, name, error }) => {
      const why = error === null ? '' : `: ${error}`;
      return [id, status, line_count, error_count, bytesOf(size_bytes), uploaded_at, `${name}${why}`];
    });
    if (rows.length === 0) return 'No files.\n';
    const total = `${numberOf(stats.total_files)} files with ${numberOf(stats.total_lines)} lines and ${bytesOf(stats.total_bytes)}`;
    const more = next === null ? '' : `; the next page: --cursor ${next}`;
    return `${tableOf(context.terminal, columns, rows)}\n${total}${more}\n`;
  });
  return EXIT_CODES.done;
}
