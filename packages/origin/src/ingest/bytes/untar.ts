import { DamagedTar, TooManyEntries } from '../errors.ts';
import { MAX_TAR_ENTRIES, MAX_TAR_HEADER_BYTES } from '../limits.ts';
import { ByteCursor } from './byte-cursor.ts';
import type { ByteSource } from './peek.ts';
import { BLOCK_BYTES, readPaxRecords, readTarHeader, type TarHeader } from './tar-header.ts';

/** A regular file in a tar archive. */
export interface TarMember {
  readonly name: string;
  /** Must be read to its end before the next member; ends early only by an error. */
  readonly content: ByteSource;
}

/** Maximum number of extended headers before one entry. */
const MAX_EXTENDED_HEADERS = 8;

/** Entries without content: hard and symbolic links, devices, directories, pipes. */
const WITHOUT_CONTENT = '123456';
const REGULAR = '07';

/** What extended headers say about the next entry. */
interface Extension {
  headers: number;
  name?: string;
  bytes?: number;
  isSparse?: boolean;
}

/**
 * Yields the regular files of a tar archive, in their order, and skips other entries. Blocks of NULs are skipped, so
 * archives may follow one another. Throws `DamagedTar` and `TooManyEntries`.
 */
export async function* untar(source: ByteSource): AsyncGenerator<TarMember> {
  const cursor = new ByteCursor(source);
  let entries = 0;
  let extension: Extension = { headers: 0 };
  try {
    for (;;) {
      const header = await nextHeader(cursor, extension);
      if (header === null) return;
      if ('xgLKX'.includes(header.type)) {
        await readExtension(cursor, header, extension);
        continue;
      }
      if (++entries > MAX_TAR_ENTRIES) throw new TooManyEntries(MAX_TAR_ENTRIES);
      const name = extension.name ?? header.name;
      const bytes = extension.bytes ?? header.bytes;
      if (header.isExtended || header.type === 'S' || extension.isSparse) {
        throw new DamagedTar(
          `the sparse file ${JSON.stringify(name.slice(0, 200))}`,
          'make the archive without --sparse',
        );
      }
      extension = { headers: 0 };
      if (WITHOUT_CONTENT.includes(header.type)) continue;
      const content = contentOf(cursor, bytes);
      if (REGULAR.includes(header.type)) yield { name, content };
      for await (const _ of content) {
        // A file that is not a log, and the rest after an early end of reading, are skipped.
      }
    }
  } finally {
    await cursor.close();
  }
}

async function nextHeader(cursor: ByteCursor, { headers }: Extension): Promise<TarHeader | null> {
  for (;;) {
    const block = await cursor.read(BLOCK_BYTES);
    if (block.length === 0 && headers === 0) return null;
    if (block.length < BLOCK_BYTES) throw truncated();
    const header = readTarHeader(block);
    if (header !== null) return header;
  }
}

async function readExtension(cursor: ByteCursor, { type, bytes }: TarHeader, extension: Extension): Promise<void> {
  if (bytes > MAX_TAR_HEADER_BYTES) {
    throw new DamagedTar(`an extended header of ${bytes} bytes; the limit is ${MAX_TAR_HEADER_BYTES}`);
  }
  if (++extension.headers > MAX_EXTENDED_HEADERS) {
    throw new DamagedTar(`more than ${MAX_EXTENDED_HEADERS} extended headers for one entry`);
  }
  const data = await cursor.read(bytes);
  await cursor.read(paddingOf(bytes));
  if (data.length < bytes) throw truncated();
  if (type === 'L') extension.name = data.toString('utf8').replace(/\0.*$/s, '');
  if (type !== 'x' && type !== 'X') return;
  const records = readPaxRecords(data);
  const [name, size] = [records.get('path'), records.get('size')];
  if (name !== undefined) extension.name = name;
  if (size !== undefined) extension.bytes = sizeOf(size);
  if ([...records.keys()].some((key) => key.startsWith('GNU.sparse.'))) extension.isSparse = true;
}

function sizeOf(size: string): number {
  if (!/^\d{1,15}$/.test(size)) throw new DamagedTar('an entry with a size that is not a number');
  return Number(size);
}

async function* contentOf(cursor: ByteCursor, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const part of cursor.stream(bytes)) {
    left -= part.length;
    yield part;
  }
  if (left > 0) throw truncated();
  // The last archive of some programs ends without the padding.
  await cursor.read(paddingOf(bytes));
}

function paddingOf(bytes: number): number {
  return (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES;
}

function truncated(): DamagedTar {
  return new DamagedTar('one that ends inside of an entry', 'upload the whole file');
}
