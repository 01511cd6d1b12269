import type { CacheManager } from '@pilotlight/cache-core';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { Deps } from '../deps.ts';
import { sendJson } from '../http/json-body.ts';
import { MemoizedCall } from '../http/memoized-call.ts';
import type { Handlers } from '../http/register-routes.ts';
import { type Probes, probeAll } from '../readiness.ts';

/** Clients may call at any rate: the dependencies are probed at most once per this time, because a probe opens a connection. */
const PROBED_EVERY_MS = 1_000;

/** `GET /healthz`: the process is alive. */
export function getLiveness(): Handlers {
  const live = { status: 'live' } satisfies AnswerBody<'getLiveness', 200>;
  return [(_request, response) => sendJson(response, 200, live)];
}

/** `GET /readyz`: whether the process can serve, and the state of each dependency. */
export function getReadiness(deps: Deps): Handlers {
  const probes = new MemoizedCall(() => probeAll(deps), PROBED_EVERY_MS);
  return [
    async (_request, response) => {
      const report = readiness(deps, await probes.get()) satisfies AnswerBody<'getReadiness', 200>;
      sendJson(response, report.status === 'ready' ? 200 : 503, report);
    },
  ];
}

/**
 * The api is not ready without the database, or without Elasticsearch if that keeps the records. It is `degraded` without the cache, because it still serves, only slower. It is not
 * ready with a queue server that may lose the invalidation log, because that is an error of the deployment.
 */
function readiness(
  { config, migrations, origin, redis, cache, stopping }: Deps,
  { postgres, elasticsearch, ...probes }: Probes,
) {
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
