export type { Answer } from './answer.ts';
export type { Audited, AuditVerdict, FreshnessStats } from './audit-counts.ts';
export type { Audits } from './audits.ts';
export type { CacheInternals } from './cache-internals.ts';
export { CacheManager } from './cache-manager.ts';
export type { CacheOptions } from './cache-options.ts';
export type { CachePorts } from './cache-ports.ts';
export { type Clock, systemClock } from './clock.ts';
export type { CounterDelta, CounterStore } from './counter-store.ts';
export type { BackgroundReason } from './diagnostics.ts';
export {
  type BackgroundMessage,
  cacheChannels,
  type InvalidateTrace,
  type LoadTrace,
  type LogMessage,
  type OriginMessage,
  type ReadMessage,
  type ReadTrace,
} from './diagnostics.ts';
export { type Duration, toMs } from './duration.ts';
export type { LoadMany } from './engine/batch-load.ts';
export type { FillLock, FillTurn } from './engine/fill-lock.ts';
export type { Hit } from './engine/hits-of.ts';
export type { Inspection, SeenEntry } from './engine/inspector.ts';
export type { Load } from './engine/load.ts';
export type { LoadContext, NotModified, StaleAnswer } from './engine/load-context.ts';
export type { Missing, NotFound } from './engine/lookup.ts';
export type { LoadStart, SetOptions, SetOutcome } from './engine/manual-operations.ts';
export type { NextRead } from './engine/next-read.ts';
export type { OriginOptions } from './engine/origin-options.ts';
export type { KeyCount } from './engine/sweeper.ts';
export type { Entry, Lifetime, Stamp } from './entry.ts';
export type { CodecOptions } from './envelope/codec-options.ts';
export type { Codec } from './envelope/compression.ts';
export type { EncryptionKey, EncryptionOptions } from './envelope/encryption.ts';
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
} from './errors.ts';
export type { Demand, HotKey, HotKeyStore, HotKeys, Recipe } from './hot-key-store.ts';
export { expectedReads, expectedSavingOf } from './hot-keys.ts';
export { buildKey, type CacheKey, fingerprint, type KeyParts, parseKey } from './key.ts';
export type { Percentiles } from './latency-classes.ts';
export type { LearnedStats } from './learned-stats.ts';
export type { BoundBy, Decision } from './learning/decision.ts';
export type { LearningMode, LearningOptions, ResolvedLearning } from './learning/learning-options.ts';
export type { InvalidateOptions, InvalidationReceipt } from './log/invalidator.ts';
export type {
  Append,
  Appended,
  Following,
  InvalidationLog,
  LogRecord,
  RegisteredFollower,
  Renewal,
  Snapshot,
} from './log/port.ts';
export type { CacheLogger } from './logger.ts';
export type { Outcome, Reason } from './outcome.ts';
export { type Policy, type ResolvedPolicy, resolvePolicy, type StaleFor } from './policy.ts';
export type { CacheStats, PrefixStats } from './read-counters.ts';
export type { Range, RangeInput, Scope, ScopeInput } from './scope.ts';
export type { InvalidationMode, Selector, SelectorToken } from './selector.ts';
export { singleProcess } from './single-process.ts';
export type { TierName } from './switches.ts';
export type { Kept } from './tiers/kept.ts';
export type { SharedTier } from './tiers/port.ts';
export type { Encoding } from './tiers/variant.ts';
export type { Frozen } from './value.ts';
