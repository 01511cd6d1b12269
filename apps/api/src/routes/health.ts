import type { IRouter } from 'express';
import type { Deps } from '../deps.ts';
import { sendJson } from '../http/json-body.ts';
import { Remembered } from '../http/remembered.ts';
import { resource } from '../http/resource.ts';
import { type Probes, probeAll } from '../readiness.ts';

/** Any client may call at any rate: the dependencies are probed at most once in this time. */
const PROBED_EVERY_MS = 1_000;

/** `GET /healthz`: the process lives. `GET /readyz`: it can serve, and how each dependency answers. */
export function healthRoutes(router: IRouter, deps: Deps): void {
  const probes = new Remembered(() => probeAll(deps), PROBED_EVERY_MS);
  resource(router, '/healthz', { GET: [(_request, response) => sendJson(response, 200, { status: 'live' })] });
  resource(router, '/readyz', {
    GET: [
      async (_request, response) => {
        const report = readiness(deps, await probes.get());
        sendJson(response, report.status === 'ready' ? 200 : 503, report);
      },
    ],
  });
}

/**
 * Without the truth there is nothing to serve; without the cache everything is served, only slower (`degraded`). A queue
 * server that may lose the invalidation log is a mistake of the deployment, so it is not ready.
 */
function readiness({ config, schema, redis, cache, stopping }: Deps, { postgres, ...probes }: Probes) {
  const unsafe = redis.unsafe ?? null;
  const isRefused = unsafe !== null && !config.allowUnsafeRedis;
  const dependencies = {
    postgres:
      schema.isCurrent || schema.problem === null ? postgres : { ...postgres, ok: false, reason: schema.problem },
    ...probes,
    redis_queue:
      unsafe === null
        ? probes.redis_queue
        : { ...probes.redis_queue, ok: probes.redis_queue.ok && !isRefused, reason: unsafe },
    invalidation_log: { current: cache.internal.engine.follower.isCurrent },
  };
  const isReady = postgres.ok && !isRefused && schema.isCurrent && !stopping.signal.aborted;
  const { redis_cache, redis_queue, workers, invalidation_log } = dependencies;
  return {
    status: isReady ? ('ready' as const) : ('not ready' as const),
    degraded: !(redis_cache.ok && redis_queue.ok && workers.ok && invalidation_log.current),
    dependencies,
  };
}
