import { z } from 'zod';

/** The answer of `GET /healthz`. */
export const liveAnswerSchema = z.strictObject({ status: z.literal('live') });

const since = z.iso.datetime().describe('When the process that answers first saw the present value of `ok`.');
const dependencyShape = {
  ok: z.boolean(),
  latency_ms: z.number().min(0).nullable().describe('Null if the dependency did not answer.'),
  reason: z.string().nullable().optional().describe('Why the dependency is not `ok`, if known.'),
  since,
};
const count = z.int().min(0);
const originShape = {
  ...dependencyShape,
  breaker: z
    .enum(['closed', 'open', 'half-open'])
    .describe(
      'The state of the circuit breaker for loads of this process; of those for searches and for other reads, the one that is open.',
    ),
  breaker_since: z.iso.datetime().describe('When the process that answers first saw this state of the breaker.'),
  loads: z
    .strictObject({ running: count, waiting: count, abandoned: count })
    .describe('The permits for loads of this process.'),
};

/** The answer of `GET /readyz`. */
export const readyAnswerSchema = z.strictObject({
  status: z.enum(['ready', 'not ready']),
  degraded: z.boolean().describe('Whether answers are slower, because the cache or the workers are unavailable.'),
  log_store: z.enum(['postgres', 'elasticsearch']).describe('The store that keeps the lines.'),
  dependencies: z.strictObject({
    postgres: z.strictObject(originShape),
    elasticsearch: z.strictObject(originShape).optional(),
    redis_cache: z.strictObject(dependencyShape),
    redis_queue: z.strictObject(dependencyShape),
    workers: z.strictObject({
      ok: z.boolean(),
      oldest_wait_ms: count.nullable().describe('How long the oldest event or upload has waited for a worker.'),
      since,
    }),
    invalidation_log: z.strictObject({ current: z.boolean() }),
  }),
});
