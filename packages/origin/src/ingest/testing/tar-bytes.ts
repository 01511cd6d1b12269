const BLOCK_BYTES = 512;

/** An entry of an archive for tests. */
export interface TarEntry {
  name: string;
  content?: Buffer | string;
  /** Type flag; defaults to `0`, a file. */
  type?: string;
  /** The size that the header claims; defaults to that of the content. */
  bytes?: number;
}

/** Makes a tar archive of the format ustar. */
export function tarOf(...entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.map(entryOf), Buffer.alloc(2 * BLOCK_BYTES)]);
}

function entryOf({ name, content = '', type = '0', bytes }: TarEntry): Buffer {
  const data = Buffer.from(content);
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0, 100);
  header.write('0000644\0'.repeat(3), 100);
  header.write(`${(bytes ?? data.length).toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write(' '.repeat(8), 148);
  header.write(type, 156);
  header.write('ustar\0' + '00', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, data, Buffer.alloc(-data.length & (BLOCK_BYTES - 1))]);
}

/** Makes the extended header of the next entry. */
export function paxOf(records: Readonly<Record<string, string>>): TarEntry {
  const content = Object.entries(records).map(([name, value]) => paxRecord(` ${name}=${value}\n`));
  return { name: 'PaxHeaders/next', type: 'x', content: content.join('') };
}

/** The length of a record counts its own digits. */
function paxRecord(rest: string): string {
  const bytes = Buffer.byteLength(rest);
  let length = bytes;
  while (`${length}`.length + bytes !== length) length = `${length}`.length + bytes;
  return `${length}${rest}`;
}
