import { OriginError } from '../errors.ts';

/** A file that cannot be read at all; it becomes `failed`, with this message. Nothing but gzip can lead to it. */
export abstract class UnreadableFile extends OriginError {}

/** The gzip data breaks off or does not decode. */
export class DamagedGzip extends UnreadableFile {
  constructor(unpackedBytes: number, cause: Error) {
    const message =
      `expected a whole gzip file, got one that is damaged or cut off after ${unpackedBytes} unpacked bytes ` +
      `(${cause.message}); compress it again and upload it again`;
    super('DAMAGED_GZIP', message, { cause });
  }
}

/** The gzip data unpacks to more than is allowed. */
export class GzipTooLarge extends UnreadableFile {
  constructor(compressedBytes: number, limitBytes: number) {
    const message =
      `expected a gzip file whose first ${compressedBytes} bytes unpack to at most ${limitBytes} bytes, got more; ` +
      'split it and upload the parts';
    super('GZIP_TOO_LARGE', message);
  }
}
