import { randomUUID } from 'node:crypto';
import { type Ingested, ingestLines } from '@pilotlight/client';
import { type AddCommand, type CommandContext, InvalidUse, wholeNumber } from '../command.ts';
import { connect } from '../connect.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { lineBatches } from '../line-batches.ts';
import { bytesOf, numberOf } from '../text.ts';

const HELP = `
Appends the lines of standard input to a stream, which rolls into files. Sends what it has after a second, or 512 KiB, and
repeats a request that failed without doubling its lines. Needs the role write, if the api has tokens.

Examples:
  $ npm run -s pilotlight -- ingest --stream shop < shop.log
  $ tail -F /var/log/syslog | npm run -s pilotlight -- ingest --stream syslog`;

const BATCHES = { maxBytes: 512 * 1024, maxMs: 1_000 };

interface IngestFlags {
  stream: string;
  wait: number;
  json?: boolean;
}

/** `ingest`: appends standard input to a stream. */
export const addIngest: AddCommand = (program, context, end) => {
  program
    .command('ingest')
    .description('append lines of standard input to a stream')
    .requiredOption('--stream <name>', 'the stream: up to 64 of the characters A-Z a-z 0-9 . _ -')
    .option('--wait <seconds>', 'wait until the last lines can be found, at most 60', wholeNumber, 0)
    .option('--json', 'print the answers of the api, one per line')
    .addHelpText('after', HELP)
    .action(async (flags: IngestFlags) => end(await ingest(flags, context)));
};

async function ingest({ stream, wait, json }: IngestFlags, context: CommandContext): Promise<ExitCode> {
  const client = connect(context);
  const { terminal, signal } = context;
  const sum = { lines: 0, bytes: 0, files: new Set<string>() };
  const send = async (lines: Buffer, waitS: number): Promise<void> => {
    const { data } = await ingestLines(client, new Uint8Array(lines), { stream, key: randomUUID(), waitS, signal });
    if (json) terminal.out(`${JSON.stringify(data)}\n`);
    add(sum, data);
  };
  // The last batch waits for its lines, so each is sent when the next one is there.
  let held: Buffer | null = null;
  for await (const batch of lineBatches(context.input(), BATCHES)) {
    signal.throwIfAborted();
    if (wait === 0) await send(batch, 0);
    else if (held !== null) await send(held, 0);
    held = batch;
  }
  if (held === null) throw new InvalidUse('expected lines on standard input, got none');
  if (wait > 0) await send(held, wait);
  if (!json) {
    const files = sum.files.size === 1 ? '1 file' : `${sum.files.size} files`;
    terminal.out(`${stream}: ${numberOf(sum.lines)} lines (${bytesOf(sum.bytes)}) in ${files}\n`);
  }
  return EXIT_CODES.done;
}

function add(sum: { lines: number; bytes: number; files: Set<string> }, { lines, bytes, file }: Ingested): void {
  sum.lines += lines;
  sum.bytes += bytes;
  sum.files.add(file.id);
}
