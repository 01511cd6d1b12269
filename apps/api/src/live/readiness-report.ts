import type { CacheManager } from '@pilotlight/cache-core';
import type { AnswerBody } from '@pilotlight/contracts/http';
import { ORIGINS } from '@pilotlight/recipes';
import type { Deps } from '../deps.ts';
import type { Probes } from '../readiness.ts';

type Parts = Omit<Deps, 'probes' | 'live'>;

/**
 * The api is not ready without the database, or without Elasticsearch if that keeps the records. It is `degraded` without the cache, because it still serves, only slower. It is not
 * ready with a queue server that may lose the invalidation log, because that is an error of the deployment.
 */
export function readinessOf(parts: Parts, probes: Probes): AnswerBody<'getReadiness', 200> {
  const { config, migrations, origin, redis, stopping } = parts;
  const isRefused = (redis.unsafe ?? null) !== null && !config.allowUnsafeRedis;
  const isReady =
    probes.postgres.ok &&
    probes.elasticsearch?.ok !== false &&
    !isRefused &&
    migrations.isCurrent &&
    !stopping.signal.aborted;
  const dependencies = dependenciesOf(parts, probes, isRefused);
  const { redis_cache, redis_queue, workers, invalidation_log } = dependencies;
  return {
    status: isReady ? ('ready' as const) : ('not ready' as const),
    degraded: !(redis_cache.ok && redis_queue.ok && workers.ok && invalidation_log.current),
    log_store: origin.logs.name,
    dependencies,
  };
}

function dependenciesOf(parts: Parts, { postgres, elasticsearch, redis_queue, ...probes }: Probes, isRefused: boolean) {
  const { migrations, redis, cache, since } = parts;
  const unsafe = redis.unsafe ?? null;
  const isMigrated = migrations.isCurrent || migrations.problem === null || elasticsearch?.ok === false;
  const timed = <Probe extends { ok: boolean }>(name: string, probe: Probe) => ({
    ...probe,
    since: since.note(name, probe.ok),
  });
  return {
    postgres: {
      ...timed('postgres', { ...postgres, ...(!isMigrated && { ok: false, reason: migrations.problem }) }),
      ...loadsOf(parts, 'postgres', elasticsearch ? ['default'] : ['default', ORIGINS.search]),
    },
    ...(elasticsearch && {
      elasticsearch: {
        ...timed('elasticsearch', elasticsearch),
        ...loadsOf(parts, 'elasticsearch', [ORIGINS.elasticsearch, ORIGINS.search]),
      },
    }),
    redis_cache: timed('redis_cache', probes.redis_cache),
    redis_queue: timed(
      'redis_queue',
      unsafe === null ? redis_queue : { ...redis_queue, ok: redis_queue.ok && !isRefused, reason: unsafe },
    ),
    workers: timed('workers', probes.workers),
    invalidation_log: { current: cache.internal.engine.follower.isCurrent },
  };
}

const BREAKER_STATES = ['open', 'half-open', 'closed'] as const;

/** Returns the state of the circuit breakers, the worst of them, and of the permits for the loads of this process from one server. */
function loadsOf(
  { cache, since }: Pick<Parts, 'since'> & { cache: CacheManager },
  server: string,
  origins: readonly string[],
) {
  const states = origins.map((origin) => {
    const limiter = cache.internal.engine.origins.get(origin);
    if (limiter === undefined) throw new Error(`expected limits of the origin ${origin}, got none`);
    return limiter.state;
  });
  const breaker = BREAKER_STATES.find((each) => states.some((state) => state.breaker === each)) ?? 'closed';
  const sum = (count: 'running' | 'waiting' | 'abandoned') => states.reduce((all, state) => all + state[count], 0);
  return {
    breaker,
    breaker_since: since.note(`breaker ${server}`, breaker),
    loads: { running: sum('running'), waiting: sum('waiting'), abandoned: sum('abandoned') },
  };
}
