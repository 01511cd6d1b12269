import type { EngineSettings } from './engine/engine-options.ts';
import type { OriginLimiterOptions } from './engine/origin-limiter-options.ts';
import type { CodecOptions } from './envelope/codec-options.ts';
import type { Clock } from './model/clock.ts';
import { type Duration, toMs } from './model/duration.ts';
import { InvalidArgument } from './model/errors.ts';
import { assertKnownOptions } from './model/known-options.ts';
import { assertLogger, type CacheLogger } from './model/logger.ts';
import type { CachePorts } from './ports/cache-ports.ts';

/** The ports of a `CacheManager`, its limits and its surroundings. */
export interface CacheOptions {
  /** The stores of the cache: `connectRedis(…)` or `singleProcess()`. `CacheManager.close` closes them. */
  readonly ports: CachePorts;
  /** Defaults to a logger that logs nothing. */
  readonly logger?: CacheLogger;
  /** The id of this process in the register of followers. A random part is added, so that ids are unique. Defaults to a random id. */
  readonly id?: string;
  /** The name of this cache in messages and metrics, which distinguishes the caches of a process: 1 to 100 characters. Defaults to `default`. */
  readonly name?: string;
  /** The maximum size of the memory tier in bytes. With 0 there is no memory tier. Defaults to 64 MiB. */
  readonly memoryBytes?: number;
  /**
   * How long this process counts as current after a renewal. A write waits at most this long for a process that is disconnected.
   * Processes may have different leases, from 100 ms to the maximum of the log (1 s on Redis). Defaults to 1 s.
   */
  readonly lease?: Duration;
  /** The maximum age of the answers that are served while the log is unreachable. Defaults to 2 s. */
  readonly maxAgeWhenDisconnected?: Duration;
  /** How long a load waits for another process that loads the same key. After this time it loads the key itself. Defaults to 30 s. */
  readonly waitForFill?: Duration;
  /** The limits of each origin, by the name that policies use. The origin `default` always exists. */
  readonly origins?: Readonly<Record<string, OriginLimiterOptions>>;
  /**
   * The recipes that a worker can compute without a reader. `getOrLoad` records the demand for them if it is called with key parts.
   * Defaults to none. Routes of `cacheResult` opt in with `warm`.
   */
  readonly recipes?: readonly { readonly prefix: string; readonly name: string }[];
  /** How entries are stored in the shared tier: compression, encryption and maximum size. */
  readonly envelope?: CodecOptions;
  /** The clock, which tests replace. Defaults to the system's. */
  readonly clock?: Clock;
  /** Returns a random number from 0 to below 1. Tests replace it. Defaults to `Math.random`. */
  readonly random?: () => number;
}

const MIN_LEASE_MS = 100;
const DEFAULT_LEASE_MS = 1_000;
const MAX_NAME_LENGTH = 100;
/** The interval of renewals as a share of the lease: two renewals may be lost before the lease ends. */
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

/** Returns the settings with their defaults filled in. Throws `InvalidArgument` naming the invalid option. */
export function resolveOptions(options: CacheOptions): EngineSettings {
  assertKnownOptions('cache options', options, OPTIONS);
  if (typeof options.ports !== 'object' || options.ports === null || !options.ports.log)
    throw new InvalidArgument('ports', 'the result of connectRedis or singleProcess', options.ports);
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
