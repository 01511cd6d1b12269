/** The longest record that is kept, in bytes of UTF-8 text. What a line, row or JSON value has beyond it is counted and dropped. */
export const MAX_RECORD_BYTES = 64 * 1024;

/** Records per batch unless the caller says otherwise. */
export const BATCH_RECORDS = 2_000;

/** A batch is handed out once the records in it took this much of the file, however few they are. */
export const LARGEST_BATCH_BYTES = 4 * 1024 ** 2;

/** How much of a file is looked at to recognise its format; also the largest piece that is worked on at a time. */
export const PIECE_BYTES = 64 * 1024;

/**
 * Columns of a row of CSV; one with more is kept raw. A delimiter is one byte of the file, but a column of its own takes
 * some 20 of the store, and 65,000 of them 200 ms of processor time.
 */
export const MAX_COLUMNS = 1_000;

/** JSON values nested deeper are kept as raw text: stores and drivers that recurse must not run out of stack. */
export const DEEPEST_VALUE = 100;

/** Bounds on what one file may become. A file beyond one of them is `failed`, and the reason names the limit. */
export interface FileLimits {
  /** Records of a file. */
  maxRecords: number;
  /** Bytes that a gzip file may unpack to. */
  maxUnpackedBytes: number;
}

/**
 * 10 million records are 2 GiB of lines of 200 bytes. A blank line is a record too, and takes about 150 bytes of table: so
 * a file takes at most 1.5 GB more than its text.
 */
export const FILE_LIMITS: FileLimits = { maxRecords: 10_000_000, maxUnpackedBytes: 2 * 1024 ** 3 };

/**
 * How many times its compressed bytes, counted as they are read, a gzip file may unpack to. Logs come to 10 or 20, gzip
 * itself can do 1,032.
 */
export const MAX_GZIP_RATIO = 200;
/** A file of a few equal lines is not an attack: the ratio counts only from here on. */
export const MIN_RATIO_BYTES = 1024 ** 2;
