export { type AuditQuery, type AuditRecord, auditQuerySchema } from './audit.ts';
export type { AuditFinding } from './audit-finding.ts';
export { auditFindingSchema } from './audit-finding.ts';
export {
  type CacheKeyBody,
  cacheKeyBodySchema,
  cacheKeysQuerySchema,
  type InvalidateBody,
  invalidateBodySchema,
  type WarmBody,
  warmBodySchema,
} from './cache-admin.ts';
export {
  type CacheEntryAnswer,
  type CacheKeyAnswer,
  type CacheKeysAnswer,
  cacheEntryAnswerSchema,
  cacheKeyAnswerSchema,
  cacheKeysAnswerSchema,
  invalidateAnswerSchema,
  type KeyDemand,
  type RewarmCost,
  type TierEntry,
} from './cache-admin-answers.ts';
export { cacheStatsAnswerSchema, type FreshTime } from './cache-stats.ts';
export { type DataScope, scopeOfQuery } from './data-scope.ts';
export { type DomainEvent, type DomainEventType, domainEventSchema } from './events.ts';
export { type Extent, extentSchema, NO_RECORDS } from './extent.ts';
export { LEVELS, type Level } from './fields.ts';
export {
  type FileEvent,
  type FileEventName,
  type FileEventPosition,
  fileEventId,
  fileEventSchemas,
  parseFileEventId,
} from './file-events.ts';
export {
  type FileStatus,
  type FilesAnswer,
  type FilesQuery,
  type FormatCount,
  filesQuerySchema,
  type Invalidation,
  ingestQuerySchema,
  type ListedState,
  type LogFile,
  type LogFileDetail,
  preferredWaitSeconds,
} from './files.ts';
export {
  type Cause,
  type InvalidationLogAnswer,
  type InvalidationLogQuery,
  type InvalidationRecordAnswer,
  invalidationLogAnswerSchema,
  invalidationLogQuerySchema,
  type JournalEntry,
  journalEntrySchema,
} from './invalidation-journal.ts';
export { invalidationsOf } from './invalidations-of.ts';
export { JOBS, JOBS_OF_EVENT, type JobData, type JobName, QUEUES, type QueueName } from './jobs.ts';
export {
  type LiveAnswer,
  type LiveSection,
  type LiveSectionName,
  liveSectionSchemas,
  type SampledSectionName,
} from './live.ts';
export { type Moment, parseMoment } from './moment.ts';
export type { FieldProblem, Problem } from './problem.ts';
export { ERRORS_PATH, type ProblemType } from './problem-type.ts';
export { PROBLEM_TYPES, type ProblemCode, problemTypeUrl } from './problem-types.ts';
export { type ProcessReport, processReportSchema, type RegisteredProcess } from './processes.ts';
export { MAX_REASON_CHARACTERS, type QuarantinedJob, quarantinedJobParamsSchema } from './quarantine.ts';
export {
  type DueFile,
  type FileSums,
  type RetentionPlan,
  type RetentionRules,
  retentionBodySchema,
  retentionRulesSchema,
} from './retention.ts';
export {
  type ContextLine,
  type Highlight,
  MAX_EXACT_TOTAL,
  type SearchAnswer,
  type SearchHit,
  type SearchQuery,
  searchBodySchema,
} from './search.ts';
export { parseSearch } from './search-syntax.ts';
export { SearchSyntaxError } from './search-syntax-error.ts';
export { type ColumnNode, type SearchNode, type TextNode, wordsOfColumn } from './search-tree.ts';
export {
  type LogStats,
  type StatsQuery,
  statsQuerySchema,
  TIMELINE_INTERVALS,
  type TimelineBucket,
  type TimelineInterval,
} from './stats.ts';
export {
  parseTailEventId,
  SKIP_REASONS,
  type TailPosition,
  type TailQuery,
  tailEventId,
  tailEventSchemas,
  tailQuerySchema,
} from './tail.ts';
export { type TraceContext, traceContextSchema } from './trace-context.ts';
export { type ReadAs, uploadFieldsSchema } from './upload.ts';
export { isWordAt, type PlacedWord, placedWordsOf, wordsOf } from './words.ts';
