import type { IRouter } from 'express';
import type { Deps } from '../deps.ts';
import { resource } from '../http/resource.ts';
import { sendJson } from '../http/send-json.ts';

/** `GET /healthz`: the process lives. `GET /readyz`: it can serve, and how each dependency answers. */
export function healthRoutes(router: IRouter, deps: Deps): void {
  resource(router, '/healthz', { GET: [(_request, response) => sendJson(response, 200, { status: 'live' })] });
  resource(router, '/readyz', {
    GET: [
      async (_request, response) => {
        const report = await readiness(deps);
        sendJson(response, report.status === 'ready' ? 200 : 503, report);
      },
    ],
  });
}

interface Dependency {
  ok: boolean;
  /** Null when it did not answer. */
  latency_ms: number | null;
}

/** Without the truth there is nothing to serve; without the cache everything is served, only slower (`degraded`). */
async function readiness({ origin, schema, redis, cache, stopping }: Deps) {
  const [postgres, { cacheMs, queueMs }] = await Promise.all([pingOrigin(origin), redis.ping()]);
  const dependencies = {
    postgres,
    redis_cache: answered(cacheMs),
    redis_queue: answered(queueMs),
    invalidation_log: { current: cache.engine.follower.isCurrent },
  };
  const isReady = postgres.ok && schema.isCurrent && !stopping.signal.aborted;
  return {
    status: isReady ? ('ready' as const) : ('not ready' as const),
    degraded: !(dependencies.redis_cache.ok && dependencies.redis_queue.ok && dependencies.invalidation_log.current),
    dependencies,
  };
}

async function pingOrigin(origin: Deps['origin']): Promise<Dependency> {
  const beganAt = performance.now();
  return origin.ping().then(
    () => answered(performance.now() - beganAt),
    () => answered(null),
  );
}

function answered(latencyMs: number | null): Dependency {
  return { ok: latencyMs !== null, latency_ms: latencyMs === null ? null : Math.round(latencyMs * 100) / 100 };
}
