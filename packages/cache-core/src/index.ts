export { CacheManager, type ReadOptions } from './cache-manager.ts';
export type { CacheOptions } from './cache-options.ts';
export { expectedReads, expectedSavingOf } from './demand/hot-keys.ts';
export type { Audits } from './engine/audits.ts';
export type { LoadMany } from './engine/batch-load.ts';
export type { Hit } from './engine/hits-of.ts';
export type { Inspection, SeenEntry } from './engine/inspector.ts';
export type { Load } from './engine/load.ts';
export type { LoadContext, NotModified, StaleAnswer } from './engine/load-context.ts';
export type { LookupMiss, Missing } from './engine/lookup.ts';
export type { LoadStart, SetOptions, SetOutcome } from './engine/manual-operations.ts';
export type { NextRead } from './engine/next-read.ts';
export type { OriginLimiterOptions } from './engine/origin-limiter-options.ts';
export type { KeyCount } from './engine/sweeper.ts';
export type { TierName } from './engine/switches.ts';
export type { CodecOptions } from './envelope/codec-options.ts';
export type { Codec } from './envelope/compression.ts';
export type { EncryptionKey, EncryptionOptions } from './envelope/encryption.ts';
export type { BoundBy, Decision } from './learning/decision.ts';
export type { InvalidateOptions, InvalidationReceipt } from './log/invalidator.ts';
export type { Confirmation } from './log/receipt.ts';
export type { Answer } from './model/answer.ts';
export type { CachedEntry } from './model/cached-entry.ts';
export { type Clock, systemClock } from './model/clock.ts';
export type { BackgroundReason } from './model/diagnostics.ts';
export {
  type BackgroundMessage,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
  type OriginMessage,
  type ReadMessage,
  type ReadTrace,
} from './model/diagnostics.ts';
export { type Duration, toMs } from './model/duration.ts';
export type { Entry, Lifetime, Stamp } from './model/entry.ts';
export {
  CacheError,
  InvalidArgument,
  InvalidationPending,
  LoadCycle,
  LoadTimedOut,
  NotInKey,
  OriginCircuitOpen,
  OriginOverloaded,
  Unreachable,
  type UnreachableOptions,
} from './model/errors.ts';
export { buildKey, type CacheKey, fingerprint, type KeyParts, parseKey } from './model/key.ts';
export type { LearnedStats } from './model/learned-stats.ts';
export type { LearningMode, LearningOptions, ResolvedLearning } from './model/learning-options.ts';
export type { CacheLogger } from './model/logger.ts';
export type { MinPosition } from './model/min-position.ts';
export type { Hop, Outcome, Reason } from './model/outcome.ts';
export { type Policy, type ResolvedPolicy, resolvePolicy, type StaleFor } from './model/policy.ts';
export type { Range, RangeInput, Scope, ScopeInput } from './model/scope.ts';
export type { InvalidationMode, Selector, SelectorToken } from './model/selector.ts';
export type { Frozen } from './model/value.ts';
export type { Encoding } from './model/variant.ts';
export type { CachePorts } from './ports/cache-ports.ts';
export type { CounterDelta, CounterStore, MinuteCounts, RecentCounts } from './ports/counter-store.ts';
export type { FillLock, FillLockAttempt } from './ports/fill-lock.ts';
export type { Demand, HotKey, HotKeyStore, HotKeys, Recipe } from './ports/hot-key-store.ts';
export type {
  Append,
  Appended,
  AppendReply,
  AppliedByAll,
  Following,
  InvalidationLog,
  InvalidationRecord,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from './ports/invalidation-log.ts';
export type { SharedTier } from './ports/shared-tier.ts';
export { singleProcess } from './single-process/single-process.ts';
export type { Audited, AuditVerdict, FreshnessStats } from './stats/audit-counts.ts';
export type { Percentiles } from './stats/latency-classes.ts';
export type { CacheStats, PrefixStats, ReadStats, WindowName } from './stats/read-counters.ts';
