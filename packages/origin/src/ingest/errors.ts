import { OriginError } from '../errors.ts';

/** A file that cannot be read, or is beyond a limit; it becomes `failed`, with this message as the reason. */
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

/** The gzip data unpacks to more bytes than a file may have. */
export class GzipTooLarge extends UnreadableFile {
  constructor(limitBytes: number) {
    const message =
      `expected a gzip file that unpacks to at most ${limitBytes} bytes, got more; split it and upload the parts, ` +
      'or raise INGEST_MAX_UNPACKED_BYTES';
    super('GZIP_TOO_LARGE', message);
  }
}

/** The gzip data unpacks to more times its bytes than logs do. */
export class GzipRatioTooHigh extends UnreadableFile {
  constructor(compressedBytes: number, limitRatio: number) {
    const message =
      `expected a gzip file that unpacks to at most ${limitRatio} times its bytes, got more from the first ` +
      `${compressedBytes} bytes; upload it without compression`;
    super('GZIP_RATIO_TOO_HIGH', message);
  }
}

/** The file has more records than a file may have. */
export class TooManyRecords extends UnreadableFile {
  constructor(limitRecords: number) {
    const message =
      `expected a file of at most ${limitRecords} records, got more (a blank line is a record too); split it and upload ` +
      'the parts, or raise INGEST_MAX_RECORDS';
    super('TOO_MANY_RECORDS', message);
  }
}

/** The reader has not come to an end with one piece of the file, or needs too much memory for it: a fault of the parser. */
export class ReaderEnded extends UnreadableFile {
  constructor(why: string) {
    super('READER_ENDED', `the reader of the file was ended: ${why}; this is a fault of the parser, please report it`);
  }
}
