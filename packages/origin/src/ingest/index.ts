export { DamagedGzip, GzipTooLarge, UnreadableFile } from './errors.ts';
export { LONGEST_RECORD_BYTES } from './limits.ts';
export { type ReadOptions, type RecordReader, readRecords } from './read-records.ts';
export type { IngestSummary } from './record-sink.ts';
