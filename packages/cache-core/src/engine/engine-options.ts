import type { CodecOptions } from '../envelope/codec-options.ts';
import type { Background } from '../model/background.ts';
import type { Clock } from '../model/clock.ts';
import type { CacheLogger } from '../model/logger.ts';
import type { FillLock } from '../ports/fill-lock.ts';
import type { InvalidationLog } from '../ports/invalidation-log.ts';
import type { SharedTier } from '../ports/shared-tier.ts';
import type { OriginLimiterOptions } from './origin-limiter-options.ts';

/** The checked settings of an engine, with their defaults filled in. `CacheOptions` documents them. */
export interface EngineSettings {
  readonly name: string;
  readonly memoryBytes: number;
  readonly leaseMs: number;
  readonly renewEveryMs: number;
  readonly maxAgeWhenDisconnectedMs: number;
  readonly waitForFillMs: number;
  readonly origins: Readonly<Record<string, OriginLimiterOptions>>;
}

/** The settings of an engine, its ports, its clock and its logger. */
export interface EngineOptions extends EngineSettings {
  readonly id: string;
  readonly log: InvalidationLog;
  readonly shared: SharedTier | null;
  readonly lock: FillLock;
  readonly clock: Clock;
  readonly random: () => number;
  readonly background: Background;
  readonly logger: CacheLogger;
  readonly envelope: CodecOptions;
}
