import { OriginError } from '../errors.ts';

/** The file cannot be read or exceeds a limit. The file becomes `failed` with this message as its reason. */
export abstract class UnreadableFile extends OriginError {}

/** The compressed data is truncated or does not decode. */
export class DamagedData extends UnreadableFile {
  constructor(compression: 'gzip' | 'zstd', unpackedBytes: number, cause: Error) {
    const message =
      `expected a complete ${compression} file, got one that is damaged or truncated after ${unpackedBytes} unpacked bytes ` +
      `(${cause.message}); compress it again and upload it again`;
    super(`DAMAGED_${compression.toUpperCase()}`, message, { cause });
  }
}

const ZSTD_FAULTS = {
  truncated: 'got one that ends inside of a frame; upload the whole file',
  trailing: 'got other data after a frame; compress the log again and upload it again',
  block: 'got a block that the format does not have; compress the log again and upload it again',
  window: 'got one that needs a window of more than 8 MiB; compress it without --long and --ultra',
} as const;

export type ZstdFaultKind = keyof typeof ZSTD_FAULTS;

/** The zstd data has a structure that is damaged, or needs more memory than allowed. */
export class ZstdFault extends UnreadableFile {
  constructor(fault: ZstdFaultKind) {
    super('DAMAGED_ZSTD', `expected a complete zstd file, ${ZSTD_FAULTS[fault]}`);
  }
}

/** The data unpacks to more bytes than allowed. */
export class UnpacksToTooMuch extends UnreadableFile {
  constructor(compression: 'gzip' | 'zstd', limitBytes: number) {
    const message =
      `expected a ${compression} file that unpacks to at most ${limitBytes} bytes, got more; split it and upload the parts, ` +
      'or raise INGEST_MAX_UNPACKED_BYTES';
    super(`${compression.toUpperCase()}_TOO_LARGE`, message);
  }
}

/** The compression ratio of the data is higher than logs reach. */
export class RatioTooHigh extends UnreadableFile {
  constructor(compression: 'gzip' | 'zstd', compressedBytes: number, limitRatio: number) {
    const message =
      `expected a ${compression} file that unpacks to at most ${limitRatio} times its bytes, got more in the first ` +
      `${compressedBytes} bytes; upload it without compression`;
    super(`${compression.toUpperCase()}_RATIO_TOO_HIGH`, message);
  }
}

/** The file is of a format that is not a text log. */
export class NotALog extends UnreadableFile {
  /** @param where it was found in packed data, for example ` in the gzip data`, or '' */
  constructor(what: string, where: string, todo: string) {
    super('NOT_A_LOG', `expected a text log, got ${what}${where}; ${todo}`);
  }
}

/** The tar archive is truncated, damaged, or beyond a limit. */
export class DamagedTar extends UnreadableFile {
  constructor(got: string, todo = 'make the archive again and upload it again') {
    super('DAMAGED_TAR', `expected a complete tar archive, got ${got}; ${todo}`);
  }
}

/** The tar archive has more entries than allowed. */
export class TooManyEntries extends UnreadableFile {
  constructor(limitEntries: number) {
    const message = `expected a tar archive of at most ${limitEntries} entries, got more; split it and upload the parts`;
    super('TOO_MANY_ENTRIES', message);
  }
}

/** The file has more records than allowed. */
export class TooManyRecords extends UnreadableFile {
  constructor(limitRecords: number) {
    const message =
      `expected a file of at most ${limitRecords} records, got more; split it and upload ` +
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
