import type { CacheManager } from '@pilotlight/cache-core';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { Deps } from '../deps.ts';
import type { Probes } from '../readiness.ts';

/**
 * The api is not ready without the database, or without Elasticsearch if that keeps the records. It is `degraded` without the cache, because it still serves, only slower. It is not
 * ready with a queue server that may lose the invalidation log, because that is an error of the deployment.
 */
export function readinessOf(
  { config, migrations, origin, redis, cache, stopping }: Omit<Deps, 'probes' | 'live'>,
  { postgres, elasticsearch, ...probes }: Probes,
): AnswerBody<'getReadiness', 200> {
  const unsafe = redis.unsafe ?? null;
  const isRefused = unsafe !== null && !config.allowUnsafeRedis;
  const dependencies = {
    postgres: {
      ...postgres,
      ...(!(migrations.isCurrent || migrations.problem === null || elasticsearch?.ok === false) && {
        ok: false,
        reason: migrations.problem,
      }),
      ...loadsOf(cache, 'default'),
    },
    ...(elasticsearch && { elasticsearch: { ...elasticsearch, ...loadsOf(cache, 'elasticsearch') } }),
    ...probes,
    redis_queue:
      unsafe === null
        ? probes.redis_queue
        : { ...probes.redis_queue, ok: probes.redis_queue.ok && !isRefused, reason: unsafe },
    invalidation_log: { current: cache.internal.engine.follower.isCurrent },
  };
  const isReady =
    postgres.ok && elasticsearch?.ok !== false && !isRefused && migrations.isCurrent && !stopping.signal.aborted;
  const { redis_cache, redis_queue, workers, invalidation_log } = dependencies;
  return {
    status: isReady ? ('ready' as const) : ('not ready' as const),
    degraded: !(redis_cache.ok && redis_queue.ok && workers.ok && invalidation_log.current),
    log_store: origin.logs.name,
    dependencies,
  };
}

/** Returns the state of the circuit breaker and of the permits for the loads of this process from one server. */
function loadsOf({ internal }: CacheManager, origin: string) {
  const limiter = internal.engine.origins.get(origin);
  if (limiter === undefined) throw new Error(`expected limits of the origin ${origin}, got none`);
  const { breaker, running, waiting, abandoned } = limiter.state;
  return { breaker, loads: { running, waiting, abandoned } };
}
