import { DamagedTar } from '../errors.ts';

/** Bytes of a header, and the unit of a file's content. */
export const BLOCK_BYTES = 512;

/** One entry of a tar archive (POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar and Unix V7). */
export interface TarHeader {
  readonly name: string;
  readonly bytes: number;
  /** The type flag, for example `0` for a file. */
  readonly type: string;
  /** Sparse header of GNU tar that continues in the next block. */
  readonly isExtended: boolean;
}

/** Returns whether data begins with a tar header: a name, NULs after it, and the checksum of the block. */
export function isTar(head: Buffer): boolean {
  const block = head.subarray(0, BLOCK_BYTES);
  return block.length === BLOCK_BYTES && block[0] !== 0 && block.includes(0) && hasChecksum(block);
}

/** Reads a header. Returns null for a block of NULs, which ends an archive. Throws `DamagedTar`. */
export function readTarHeader(block: Buffer): TarHeader | null {
  if (block.every((byte) => byte === 0)) return null;
  if (!hasChecksum(block)) throw new DamagedTar('a header with a wrong checksum');
  const magic = block.toString('latin1', 257, 263);
  const prefix = magic === 'ustar\0' ? textOf(block, 345, 155) : '';
  const name = textOf(block, 0, 100);
  const type = String.fromCharCode(block[156] || 0x30);
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    bytes: sizeOf(block.subarray(124, 136)),
    // Before ustar, a directory was a file whose name ends in a slash.
    type: type === '0' && name.endsWith('/') ? '5' : type,
    isExtended: magic === 'ustar ' && type === 'S' && block[482] === 1,
  };
}

/** The sum of the header's bytes, with the checksum taken as blanks. Old programs took bytes as signed. */
function hasChecksum(block: Buffer): boolean {
  const expected = octalOf(block.subarray(148, 156));
  let [unsigned, signed] = [8 * 0x20, 8 * 0x20];
  for (let at = 0; at < BLOCK_BYTES; at++) {
    if (at >= 148 && at < 156) continue;
    unsigned += block.readUInt8(at);
    signed += block.readInt8(at);
  }
  return expected !== null && (expected === unsigned || expected === signed);
}

/** Reads a size in octal, or in base 256 as GNU tar writes what does not fit. */
function sizeOf(field: Buffer): number {
  const isBase256 = field[0] === 0x80;
  const size = isBase256 ? Number(field.readBigUInt64BE(4)) : octalOf(field);
  if (size === null || !Number.isSafeInteger(size) || (isBase256 && field.readUIntBE(1, 3) !== 0)) {
    throw new DamagedTar('an entry with a size that is not a number');
  }
  return size;
}

function octalOf(field: Buffer): number | null {
  const digits = /^[ \0]*([0-7]{0,12})[ \0]*$/.exec(field.toString('latin1'))?.[1];
  return digits === undefined ? null : Number.parseInt(digits || '0', 8);
}

function textOf(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString('utf8', at, end === -1 || end > at + length ? at + length : end);
}

/**
 * Reads the records of an extended header (`11 path=abc\n`). The last record of a name counts. Throws `DamagedTar`.
 */
export function readPaxRecords(data: Buffer): ReadonlyMap<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length && data[at] !== 0; ) {
    const blank = data.indexOf(0x20, at);
    const length = Number(/^\d{1,6}$/.exec(data.toString('latin1', at, blank))?.[0] ?? Number.NaN);
    const record = data.toString('utf8', blank + 1, at + length - 1);
    const equals = record.indexOf('=');
    if (!(length > blank + 1 - at) || at + length > data.length || equals === -1) {
      throw new DamagedTar('an extended header that cannot be read');
    }
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}
