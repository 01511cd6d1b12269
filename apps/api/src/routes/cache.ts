import {
  cacheKeyBodySchema,
  cacheKeysQuerySchema,
  invalidateBodySchema,
  invalidationLogQuerySchema,
  preferredWaitSeconds,
  warmBodySchema,
} from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { endpointStats } from '../endpoint-stats.ts';
import { explainKey } from '../explain-key.ts';
import { findCacheKey as keyOfRequest } from '../find-cache-key.ts';
import { listHotKeys, rewarmCost } from '../hot-keys.ts';
import { callerOf } from '../http/auth.ts';
import { checkedKey } from '../http/cache-names.ts';
import { jsonBody, sendJson } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';
import { setWriteHeaders } from '../http/write-headers.ts';
import { invalidateNow, selectorsOf, storedEntries } from '../invalidate-now.ts';
import { invalidationLog } from '../invalidation-log.ts';
import { warmNow } from '../warm-now.ts';

/** `GET /api/cache/stats`. The counts include all processes. */
export function getCacheStats({ cache, redis }: Deps): Handlers {
  return [
    async (_request, response) => {
      const [stats, redis_info] = await Promise.all([cache.getStats(), redis.info()]);
      const { hits, misses, total_requests, hit_rate_percent } = stats;
      const cache_stats = { hits, misses, total_requests, hit_rate_percent };
      sendJson(response, 200, { success: true, cache_stats, redis_info, endpoints: endpointStats(stats) });
    },
  ];
}

/** `POST /api/cache/stats/reset` */
export function resetCacheStats({ cache }: Deps): Handlers {
  return [
    async (_request, response) => {
      await cache.resetStats();
      sendJson(response, 200, { success: true } satisfies AnswerBody<'resetCacheStats', 200>);
    },
  ];
}

/** `GET /api/cache/entries/:key`: explains one key as this process sees it, with the demand of all processes. */
export function explainCacheKey(deps: Deps): Handlers {
  return [
    async (request, response) => {
      const answer = await explainKey(deps, checkedKey(String(request.params['key'])));
      sendJson(response, 200, answer satisfies AnswerBody<'explainCacheKey', 200>);
    },
  ];
}

/** `POST /api/cache/key`: the key of a request to a cached route. */
export function findCacheKey(): Handlers {
  return [
    ...jsonBody(),
    (request, response) => {
      const answer = keyOfRequest(parseInput(cacheKeyBodySchema, request.body));
      sendJson(response, 200, answer satisfies AnswerBody<'findCacheKey', 200>);
    },
  ];
}

/** `GET /api/cache/keys` */
export function listCacheKeys(deps: Deps): Handlers {
  return [
    async (request, response) => {
      const answer = await listHotKeys(deps, parseInput(cacheKeysQuerySchema, request.query));
      sendJson(response, 200, answer satisfies AnswerBody<'listCacheKeys', 200>);
    },
  ];
}

/** `GET /api/cache/log` */
export function listInvalidations(deps: Deps): Handlers {
  return [
    async (request, response) => {
      const answer = await invalidationLog(deps, parseInput(invalidationLogQuerySchema, request.query));
      sendJson(response, 200, answer satisfies AnswerBody<'listInvalidations', 200>);
    },
  ];
}

/** `POST /api/cache/invalidate` */
export function invalidateCache(deps: Deps): Handlers {
  return [...jsonBody(), invalidate(deps)];
}

/** `POST /api/cache/warm`. `Prefer: wait` sets how long the answer waits for the loads. */
export function warmCache(deps: Deps): Handlers {
  return [...jsonBody(), warm(deps)];
}

function invalidate(deps: Deps): RequestHandler {
  const { cache } = deps;
  return async (request, response) => {
    const body = parseInput(invalidateBodySchema, request.body);
    const selectors = selectorsOf(body);
    if (!body.dry_run) {
      const { name: token } = callerOf(request);
      const { body: answer, written } = await invalidateNow(deps, { selectors, mode: body.mode, token });
      setWriteHeaders(response, written);
      return sendJson(response, 200, { success: true, ...answer });
    }
    const [invalidated, rewarm] = await Promise.all([storedEntries(cache, selectors), rewarmCost(deps, selectors)]);
    const nothing = { position: null, receipt_ms: null, processes: [] };
    sendJson(response, 200, { success: true, invalidated, ...nothing, dry_run: true, rewarm });
  };
}

function warm(deps: Deps): RequestHandler {
  return async (request, response) => {
    const waitSeconds = preferredWaitSeconds(request.get('prefer'));
    if (waitSeconds !== null) response.set('Preference-Applied', `wait=${waitSeconds}`);
    const waitMs = waitSeconds === null ? undefined : waitSeconds * 1_000;
    const tally = await warmNow(deps, parseInput(warmBodySchema, request.body), waitMs);
    sendJson(response, 200, { success: true, ...tally } satisfies AnswerBody<'warmCache', 200>);
  };
}
