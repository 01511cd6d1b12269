export type { AuditBounds, AuditStore, NewAuditRecord } from './audit.ts';
export { createOrigin, type OriginOptions } from './create-origin.ts';
export {
  BadCursor,
  ContentFreed,
  EmptyUpload,
  IngestSuperseded,
  KeyReused,
  OriginBusy,
  OriginError,
  OriginFull,
  OriginUnavailable,
  QuotaExceeded,
  SchemaMismatch,
  SearchTooSlow,
  StreamBehind,
  TooManyBuckets,
  UploadTooLarge,
} from './errors.ts';
export {
  isLineFormat,
  parseDateOrder,
  parseTimeZone,
  parseUserShape,
  parseUserShapes,
  readRecords,
  type Shape,
  ShapeError,
} from './ingest/index.ts';
export type { LogRecord } from './log-record.ts';
export type { LogStore, LogStoreName } from './log-store/port.ts';
export {
  hadFinished,
  type IndexedBetween,
  type IndexedFiles,
  includesMoment,
  type NewlyIndexed,
} from './newly-indexed.ts';
export type {
  FileContent,
  Files,
  IngestOptions,
  IngestProgress,
  IngestResult,
  Origin,
  PoolState,
} from './origin.ts';
export type { Outbox, OutboxEntry, RecentEvent, UnreadableEntry } from './outbox.ts';
export type { FileProgress, Progress } from './progress.ts';
export type { QuotaProblem } from './quotas.ts';
export type { FileDifference, ReindexProgress, ReindexResult } from './reindex/outcome.ts';
export { type ReindexOptions, reindex } from './reindex/reindex.ts';
export type { Retention, RetentionRun } from './retention.ts';
export type { Storage, StorageProblem } from './storage.ts';
export type { Append, Appended, IdempotencyKey, StreamLimits, Streams } from './streams.ts';
export type { Upload, UploadReading, Uploads } from './uploads.ts';
