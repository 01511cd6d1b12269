export { DamagedGzip, GzipTooLarge, ReaderEnded, UnreadableFile } from './errors.ts';
export { FILE_LIMITS, type FileLimits, MAX_RECORD_BYTES } from './limits.ts';
export { type ReadOptions, type RecordReader, readRecords } from './read-records.ts';
export type { IngestSummary } from './record-sink.ts';
