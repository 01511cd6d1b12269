export { type DateOrder, parseDateOrder } from './date-orders.ts';
export { ReaderEnded, UnreadableFile } from './errors.ts';
export type { TimeOptions } from './file-times.ts';
export { FILE_LIMITS, type FileLimits } from './limits.ts';
export { type RecordReader, readRecords } from './read-records.ts';
export type { IngestSummary } from './record-sink.ts';
export { parseTimeZone } from './time-zones.ts';
