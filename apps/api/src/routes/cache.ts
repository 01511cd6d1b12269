import type { CacheManager, Selector } from '@pilotlight/cache-core';
import { type InvalidateBody, invalidateBodySchema, warmBodySchema } from '@pilotlight/contracts';
import type { AnswerBody } from '@pilotlight/contracts/http';
import type { RequestHandler } from 'express';
import type { Deps } from '../deps.ts';
import { TryLater } from '../errors.ts';
import { checkedKey, checkedPrefix } from '../http/cache-names.ts';
import { jsonBody, sendJson } from '../http/json-body.ts';
import { parseInput } from '../http/parse-input.ts';
import type { Handlers } from '../http/register-routes.ts';
import { warmNow } from '../warm-now.ts';

/** `GET /api/cache/stats`. The counts include all processes. */
export function getCacheStats({ cache, redis }: Deps): Handlers {
  return [
    async (_request, response) => {
      const [{ endpoints, hits, misses, total_requests, hit_rate_percent }, redis_info] = await Promise.all([
        cache.getStats(),
        redis.info(),
      ]);
      const cache_stats = { hits, misses, total_requests, hit_rate_percent };
      sendJson(response, 200, { success: true, cache_stats, redis_info, endpoints });
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

/** `POST /api/cache/invalidate` */
export function invalidateCache(deps: Deps): Handlers {
  return [...jsonBody(), invalidate(deps)];
}

/** `POST /api/cache/warm` */
export function warmCache(deps: Deps): Handlers {
  return [...jsonBody(), warm(deps)];
}

function invalidate({ cache }: Deps): RequestHandler {
  return async (request, response) => {
    const body = parseInput(invalidateBodySchema, request.body);
    const selector = selectorOf(body);
    if (body.dry_run) {
      const invalidated = await stored(cache, selector);
      return sendJson(response, 200, { success: true, invalidated, position: null, receipt_ms: null, dry_run: true });
    }
    // Expired entries stay stored, so they are counted and not reclaimed.
    const expired = body.mode === 'expire' ? await stored(cache, selector) : 0;
    const receipt = await cache.invalidate(selector, { mode: body.mode });
    if (receipt.state === 'pending') throw notApplied();
    const { epoch, position, receiptMs } = receipt;
    const invalidated = body.mode === 'expire' ? expired : await cache.reclaim(selector, { epoch, asOf: position });
    sendJson(response, 200, { success: true, invalidated, position, receipt_ms: Math.round(receiptMs * 100) / 100 });
  };
}

/** Returns the number of matching entries in the shared tier or, if that is unreachable, in this process's memory. */
async function stored(cache: CacheManager, selector: Selector): Promise<number> {
  const { memory, shared } = await cache.dryRun(selector);
  return shared ?? memory;
}

function warm(deps: Deps): RequestHandler {
  return async (request, response) => {
    const tally = await warmNow(deps, parseInput(warmBodySchema, request.body));
    sendJson(response, 200, { success: true, ...tally } satisfies AnswerBody<'warmCache', 200>);
  };
}

function notApplied(): TryLater {
  return new TryLater(
    'LOG_UNREACHABLE',
    'the invalidation log is unreachable: nothing was invalidated; try again',
    1_000,
  );
}

function selectorOf({ prefix, tag, key }: InvalidateBody): Selector {
  if (tag !== undefined) return { tag };
  if (key !== undefined) return { key: checkedKey(key) };
  const checked = checkedPrefix(prefix ?? '');
  return checked === '*' ? { all: true } : { prefix: checked };
}
