import { OriginError } from '../errors.ts';

/** The file cannot be read or exceeds a limit. The file becomes `failed` with this message as its reason. */
export abstract class UnreadableFile extends OriginError {}

/** The gzip data is truncated or does not decode. */
export class DamagedGzip extends UnreadableFile {
  constructor(unpackedBytes: number, cause: Error) {
    const message =
      `expected a complete gzip file, got one that is damaged or truncated after ${unpackedBytes} unpacked bytes ` +
      `(${cause.message}); compress it again and upload it again`;
    super('DAMAGED_GZIP', message, { cause });
  }
}

/** The gzip data unpacks to more bytes than allowed. */
export class GzipTooLarge extends UnreadableFile {
  constructor(limitBytes: number) {
    const message =
      `expected a gzip file that unpacks to at most ${limitBytes} bytes, got more; split it and upload the parts, ` +
      'or raise INGEST_MAX_UNPACKED_BYTES';
    super('GZIP_TOO_LARGE', message);
  }
}

/** The compression ratio of the gzip data is higher than logs reach. */
export class GzipRatioTooHigh extends UnreadableFile {
  constructor(compressedBytes: number, limitRatio: number) {
    const message =
      `expected a gzip file that unpacks to at most ${limitRatio} times its bytes, got more in the first ` +
      `${compressedBytes} bytes; upload it without compression`;
    super('GZIP_RATIO_TOO_HIGH', message);
  }
}

/** The file has more records than allowed. */
export class TooManyRecords extends UnreadableFile {
  constructor(limitRecords: number) {
    const message =
      `expected a file of at most ${limitRecords} records, got more (a blank line counts as a record); split it and upload ` +
      'the parts, or raise INGEST_MAX_RECORDS';
    super('TOO_MANY_RECORDS', message);
  }
}

/** The parser did not finish one piece of the file, or ran out of memory. Both are faults of the parser. */
export class ReaderEnded extends UnreadableFile {
  constructor(why: string) {
    super(
      'READER_ENDED',
      `the reader of the file was terminated: ${why}; this is a fault of the parser, please report it`,
    );
  }
}
