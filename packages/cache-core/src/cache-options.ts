import type { EngineSettings } from './engine/engine-options.ts';
import type { OriginLimiterOptions } from './engine/origin-limiter-options.ts';
import type { CodecOptions } from './envelope/codec-options.ts';
import type { Clock } from './model/clock.ts';
import { type Duration, toMs } from './model/duration.ts';
import { InvalidArgument } from './model/errors.ts';
import { assertKnownOptions } from './model/known-options.ts';
import { assertLogger, type CacheLogger } from './model/logger.ts';
import type { CachePorts } from './ports/cache-ports.ts';

/** What a `CacheManager` is made with: its ports, and what bounds it. */
export interface CacheOptions {
  /** `connectRedis(…)`, or `singleProcess()`. The cache closes them. */
  readonly ports: CachePorts;
  /** Default: silent. */
  readonly logger?: CacheLogger;
  /** Names this process among the followers of the log. A random part is added, so that no two processes have one id. */
  readonly id?: string;
  /** The name of this cache in messages and metrics, among the caches of its process: 1 to 100 characters. Default `default`. */
  readonly name?: string;
  /** What the memory tier may take. 0: no memory tier. Default 64 MiB. */
  readonly memoryBytes?: number;
  /**
   * How long this process's knowledge of the log counts as current, which is as long as a write waits for it when it is cut
   * off. Processes may have different ones. From 100 ms to what the log allows (on Redis 1 s). Default 1 s.
   */
  readonly lease?: Duration;
  /** With the log out of reach: how old, at most, an answer is. Default 2 s. */
  readonly maxAgeWhenDisconnected?: Duration;
  /** How long a load waits for another process that loads the same key, before it loads too. Default 30 s. */
  readonly waitForFill?: Duration;
  /** The bounds of each origin, by the name that policies give. `default` is there without being named. */
  readonly origins?: Readonly<Record<string, OriginLimiterOptions>>;
  /**
   * What a worker can compute again without its reader: the demand for it is noted when `getOrLoad` is asked by key parts.
   * Default: none. Routes of `cacheResult` opt in with `warm`.
   */
  readonly recipes?: readonly { readonly prefix: string; readonly name: string }[];
  /** How entries are kept in the shared tier: compression, encryption, ceiling. */
  readonly envelope?: CodecOptions;
  /** For tests. Default: the system's. */
  readonly clock?: Clock;
  /** For tests: 0 to below 1. Default `Math.random`. */
  readonly random?: () => number;
}

const MIN_LEASE_MS = 100;
const DEFAULT_LEASE_MS = 1_000;
const MAX_NAME_LENGTH = 100;
/** A renewal may be lost twice before the lease ends. */
const RENEWALS_PER_LEASE = 0.3;
const OPTIONS = [
  'ports',
  'logger',
  'id',
  'name',
  'memoryBytes',
  'lease',
  'maxAgeWhenDisconnected',
  'waitForFill',
  'origins',
  'recipes',
  'envelope',
  'clock',
  'random',
] as const satisfies (keyof CacheOptions)[];

/** Throws `InvalidArgument` naming the option that can't be used. */
export function resolveOptions(options: CacheOptions): EngineSettings {
  assertKnownOptions('cache options', options, OPTIONS);
  if (typeof options.ports !== 'object' || options.ports === null || !options.ports.log)
    throw new InvalidArgument('ports', 'what connectRedis or singleProcess gives', options.ports);
  if (options.logger !== undefined) assertLogger(options.logger);
  assertRecipes(options.recipes);
  if (typeof (options.origins ?? {}) !== 'object' || Array.isArray(options.origins))
    throw new InvalidArgument('origins', 'an object with the options of each origin under its name', options.origins);
  const { memoryBytes = 64 * 1_048_576 } = options;
  if (!Number.isSafeInteger(memoryBytes) || memoryBytes < 0)
    throw new InvalidArgument('memoryBytes', 'a whole number of bytes, 0 or more', memoryBytes);
  if (options.id !== undefined && (typeof options.id !== 'string' || options.id === ''))
    throw new InvalidArgument('id', 'a name for this process', options.id);
  const { name = 'default' } = options;
  if (typeof name !== 'string' || name.length === 0 || name.length > MAX_NAME_LENGTH)
    throw new InvalidArgument('name', `1 to ${MAX_NAME_LENGTH} characters`, name);
  const leaseMs = leaseOf(options);
  return {
    name,
    memoryBytes,
    leaseMs,
    renewEveryMs: leaseMs * RENEWALS_PER_LEASE,
    maxAgeWhenDisconnectedMs: toMs('maxAgeWhenDisconnected', options.maxAgeWhenDisconnected ?? '2s'),
    waitForFillMs: toMs('waitForFill', options.waitForFill ?? '30s'),
    origins: { default: {}, ...options.origins },
  };
}

function assertRecipes(recipes: CacheOptions['recipes'] = []): void {
  const isRecipe = (recipe: unknown) =>
    typeof recipe === 'object' && recipe !== null && 'prefix' in recipe && 'name' in recipe;
  if (!Array.isArray(recipes) || !recipes.every(isRecipe))
    throw new InvalidArgument('recipes', 'a list of objects with prefix and name', recipes);
}

function leaseOf({ lease, ports: { log } }: CacheOptions): number {
  if (lease === undefined) return Math.min(DEFAULT_LEASE_MS, log.maxLeaseMs);
  const leaseMs = toMs('lease', lease);
  if (leaseMs < MIN_LEASE_MS || leaseMs > log.maxLeaseMs)
    throw new InvalidArgument('lease', `${MIN_LEASE_MS} to ${log.maxLeaseMs} ms`, leaseMs);
  return leaseMs;
}
