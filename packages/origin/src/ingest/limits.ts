/**
 * Maximum size of a record in bytes of UTF-8 text. Bytes of a line, row or JSON value beyond it are counted and
 * dropped.
 */
export const MAX_RECORD_BYTES = 64 * 1024;

/** Maximum number of lines of one record. Further lines begin a new record, whose `fields.continues_line` says so. */
export const MAX_RECORD_LINES = 1_000;

/**
 * Maximum time between two lines of a record, if a container runtime wrote their times. A program writes a stack trace
 * at once; a line that comes later is another event.
 */
export const MAX_CONTINUATION_GAP_MS = 1_000;

/**
 * Maximum number of streams (container and output) of a file that have an open record at the same time. A further
 * stream ends the record of the one that was silent for longest.
 */
export const MAX_OPEN_STREAMS = 100;

/**
 * Maximum size of the records that wait for an older record of another stream to end, in characters. The older record
 * then ends, and its further lines begin a new one.
 */
export const MAX_WAITING_CHARACTERS = 1024 ** 2;

/** Maximum number of wrappers around a line: a syslog line in Docker's JSON, for example. */
export const MAX_WRAPPERS = 2;

/** Maximum number of formats that the summary of a file lists. */
export const MAX_LISTED_FORMATS = 10;

/** Default number of records per batch. */
export const BATCH_RECORDS = 2_000;

/** A batch ends once its records took this many bytes of the file, however few records they are. */
export const MAX_BATCH_BYTES = 4 * 1024 ** 2;

/** Number of bytes from which the format is recognised, and the maximum size of one piece of work. */
export const PIECE_BYTES = 64 * 1024;

/**
 * Maximum number of columns of a CSV row; a row with more is kept raw. A delimiter takes one byte of the file, but its
 * column takes about 20 bytes of the store, and 65,000 columns take 200 ms of processor time.
 */
export const MAX_COLUMNS = 1_000;

/**
 * JSON values nested deeper are kept as raw text, so that stores and drivers that recurse do not overflow the stack.
 */
export const MAX_JSON_DEPTH = 100;

/** Limits of one file. A file beyond one of them becomes `failed`, and the reason names the limit. */
export interface FileLimits {
  maxRecords: number;
  /** Maximum number of bytes that a compressed file may unpack to. */
  maxUnpackedBytes: number;
}

/**
 * 10 million records are 2 GiB of lines of 200 bytes. The shortest record takes about 150 bytes of table, so a file takes
 * at most 1.5 GB more than its text.
 */
export const FILE_LIMITS: FileLimits = { maxRecords: 10_000_000, maxUnpackedBytes: 2 * 1024 ** 3 };

/**
 * Maximum ratio of unpacked bytes to compressed bytes, measured while reading. Logs reach 10 to 20; gzip itself can
 * reach 1,032.
 */
export const MAX_UNPACK_RATIO = 200;
/** The ratio is checked only after this many unpacked bytes, because a short file of equal lines is not an attack. */
export const MIN_RATIO_BYTES = 1024 ** 2;

/**
 * Maximum window of zstd data, as the power of 2: 8 MiB, which RFC 8878 (section 3.1.1.1.2) recommends that every decoder
 * supports and no encoder exceeds unasked. The window is memory of the process.
 */
export const MAX_ZSTD_WINDOW_LOG = 23;

/** Maximum number of entries of a tar archive, of every kind. */
export const MAX_TAR_ENTRIES = 1_000;

/** Maximum bytes of an entry's extended header, which holds its name. */
export const MAX_TAR_HEADER_BYTES = 64 * 1024;
