import { z } from 'zod';
import { confirmationSchema } from './invalidation-journal.ts';

const instant = z.iso.datetime();
const count = z.int().min(0);

/** A selector that invalidated or expired entries, with the position of its last time in the invalidation log. */
const hitSchema = z.strictObject({
  mode: z.enum(['invalidate', 'expire']),
  /** `a` is everything, `p:` a prefix, `t:` a tag, `k:` a key, `s:` a scoped prefix; `(forgotten)` is any of them, not kept one by one. */
  selector: z.string(),
  position: count,
});

/** An entry as one tier holds it. */
const tierEntrySchema = z.strictObject({
  state: z.enum(['fresh', 'stale', 'expired', 'outdated']),
  servable: z.boolean(),
  why: z.string(),
  /** The position of the invalidation log that the process had applied when the load began. */
  as_of: z.strictObject({ epoch: count, position: z.number() }),
  loaded_at: instant,
  fresh_until: instant,
  revalidate_until: instant,
  stale_until: instant,
  age_ms: z.number(),
  load_ms: z.number(),
  bytes: count,
  /** The compressed forms that exist, with their bytes. */
  codings: z.partialRecord(z.enum(['zstd', 'br', 'gzip']), count),
  etag: z.string(),
  tags: z.array(z.string()),
  /** The part of the data that the answer depends on; null if it depends on everything. */
  scope: z.record(z.string(), z.unknown()).nullable(),
  /** The selectors that have hit it since its load began. */
  hit_by: z.array(hitSchema),
});
export type TierEntry = z.infer<typeof tierEntrySchema>;

const tierSwitch = z.union([z.enum(['on', 'off']), z.strictObject({ off_for: z.array(z.string()) })]);

/** The demand for a key over all processes. `reads` halve every five minutes. */
const demandSchema = z.strictObject({
  reads: z.number(),
  load_ms: z.number(),
  /** reads × load_ms: the load time that readers save while the key is cached. */
  saving_ms: z.number(),
  /** Whether a worker can compute the answer without a reader. */
  warmable: z.boolean(),
});
export type KeyDemand = z.infer<typeof demandSchema>;

/** The fresh time that was learned for a key, with the evidence for it. With the mode `advise` it is reported and not used. */
const learnedOfKeySchema = z.strictObject({
  mode: z.enum(['advise', 'on']),
  fresh_ms: z.number(),
  /** The time of the route, which applies without evidence. */
  fixed_ms: z.number(),
  /** Why it is not longer: `fixed` without evidence, `limit` for the share of stale reads, `least` or `most` for a bound. */
  bound_by: z.enum(['fixed', 'limit', 'least', 'most']),
  /** Whose reloads were compared. */
  from: z.enum(['key', 'kind', 'prefix', 'nothing']),
  /** The reloads that were compared with the answer before, those that differed, and the time between them. Older ones weigh less. */
  evidence: z.strictObject({ observations: z.number(), changes: z.number(), exposure_ms: z.number() }),
  /** The estimate, and the rate that is exceeded with a probability of a fifth, which decides. */
  changes_per_hour: z.strictObject({ mean: z.number(), upper: z.number() }),
  /** The share of reads that get data that has changed, at the upper rate. */
  outdated_share: z.number(),
  why: z.string(),
});

/** The answer of `GET /api/cache/entries/:key`: the key as the process that answers sees it. */
export const cacheEntryAnswerSchema = z.strictObject({
  success: z.literal(true),
  key: z.string(),
  prefix: z.string().nullable(),
  /** The validated input that the key was made from; null if the key is not in demand. */
  input: z.unknown(),
  /** Whether the next read would be answered from a tier. Null if this process first has to catch up with the log. */
  servable: z.boolean().nullable(),
  next: z.strictObject({
    outcome: z.enum(['hit', 'stale', 'miss']).nullable(),
    tier: z.enum(['memory', 'redis']).nullable(),
    reason: z.string().nullable(),
    verified: z.boolean().nullable(),
    waits_for: z.enum(['this process', 'another process']).nullable(),
    why: z.string(),
  }),
  memory: tierEntrySchema.nullable(),
  redis: tierEntrySchema.extend({ expires_in_ms: z.number().nullable() }).nullable(),
  /** Why the bytes in Redis are not used; null if they are, or if there are none. */
  redis_problem: z.string().nullable(),
  tiers: z.strictObject({ memory: tierSwitch, redis: tierSwitch }),
  log: z.strictObject({
    epoch: count,
    applied: z.number(),
    state: z.enum(['current', 'leaseExpired', 'disconnected']),
  }),
  /** The latest invalidation in this epoch that matches the key, its tags and its scope; null if there is none. */
  last_invalidation: hitSchema.nullable(),
  loading: z.enum(['this process', 'another process', 'none', 'unknown']),
  backing_off_ms: z.number(),
  /** The learned fresh time of the next answer; null if nothing was learned for the key in this process. */
  learned: learnedOfKeySchema.nullable(),
  demand: demandSchema.nullable(),
});
export type CacheEntryAnswer = z.infer<typeof cacheEntryAnswerSchema>;

/** The answer of `POST /api/cache/key`. */
export const cacheKeyAnswerSchema = z.strictObject({
  success: z.literal(true),
  key: z.string().meta({ example: 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e' }),
  prefix: z.string(),
  name: z.string(),
  /** The validated input with its defaults: what the key was made from. */
  params: z.unknown(),
});
export type CacheKeyAnswer = z.infer<typeof cacheKeyAnswerSchema>;

/** The answer of `GET /api/cache/keys`: hot keys, those whose caching saves most load time first. */
export const cacheKeysAnswerSchema = z.strictObject({
  success: z.literal(true),
  /** All hot keys under the prefix; at most 2,000 are known. */
  total: count,
  keys: z.array(
    demandSchema.extend({
      key: z.string(),
      name: z.string(),
      /** The validated input that the key was made from. */
      params: z.unknown(),
      /** How much longer the entry is fresh on every process; 0 if it is not. Null if the log or the shared tier is unreachable. */
      fresh_for_ms: z.number().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
export type CacheKeysAnswer = z.infer<typeof cacheKeysAnswerSchema>;

/** What loading the invalidated hot keys again costs the origin. */
const rewarmCostSchema = z.strictObject({
  /** The hot keys that would be warmed. */
  keys: count,
  /** The sum of their last load times. */
  load_ms: z.number(),
  /** How many of them have no measured load time yet. */
  unmeasured: count,
});
export type RewarmCost = z.infer<typeof rewarmCostSchema>;

/** The answer of `POST /api/cache/invalidate`. `position`, `receipt_ms`: null if nothing was invalidated, because of `dry_run`. */
export const invalidateAnswerSchema = z.strictObject({
  success: z.literal(true),
  /** The number of stored entries that were hit. */
  invalidated: count,
  position: count.nullable(),
  receipt_ms: z.number().nullable(),
  /** The processes, in the order in which they confirmed; empty with `dry_run`. */
  processes: z.array(confirmationSchema),
  dry_run: z.literal(true).optional(),
  /** With `dry_run`; null if the hot keys are unknown, because their store is unreachable. */
  rewarm: rewarmCostSchema.nullable().optional(),
});

/** The answer of `POST /api/cache/warm`: keys by result. */
export const warmAnswerSchema = z.strictObject({
  success: z.literal(true),
  loaded: count,
  fresh: count,
  skipped: count.describe('The key has no recipe, or the time ran out before its turn.'),
  failed: count.describe('The load failed; the api logs the error.'),
});

/** The answer of `POST /api/cache/stats/reset`. */
export const resetAnswerSchema = z.strictObject({ success: z.literal(true) });
