/** The longest record that is kept, in bytes of UTF-8 text. What a line, row or JSON value has beyond it is counted and dropped. */
export const LONGEST_RECORD_BYTES = 64 * 1024;

/** Records per batch unless the caller says otherwise. */
export const BATCH_RECORDS = 2_000;

/** A batch is handed out once the records in it took this much of the file, however few they are. */
export const LARGEST_BATCH_BYTES = 4 * 1024 ** 2;

/** How much of a file is looked at to recognise its format; also the largest piece that is worked on at a time. */
export const PIECE_BYTES = 64 * 1024;

/** JSON values nested deeper are kept as raw text: stores and drivers that recurse must not run out of stack. */
export const DEEPEST_VALUE = 100;

/** Bounds on what a gzip file may unpack to. */
export interface GunzipLimits {
  /** Never more than this. */
  largestBytes: number;
  /** Nor, once past `freeBytes`, more than this many times the compressed bytes read so far. */
  largestRatio: number;
  freeBytes: number;
}

/** 4 GiB; past the first 256 MiB at most 200:1, where logs come to 10:1 or 20:1 and bombs to 1,000:1. */
export const GUNZIP_LIMITS: GunzipLimits = {
  largestBytes: 4 * 1024 ** 3,
  largestRatio: 200,
  freeBytes: 256 * 1024 ** 2,
};
