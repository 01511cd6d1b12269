import type { IncomingMessage, RequestListener } from 'node:http';
import { fastPath } from '@pilotlight/cache-core/express';
import type { Deps } from '../deps.ts';
import { checkSite } from './refuse-cross-site.ts';
import { checkHost } from './refuse-other-hosts.ts';
import { identify, REQUEST_ID } from './request-id.ts';
import { pathOf } from './request-target.ts';

/**
 * Returns a listener that answers hits of the cached routes without Express. It makes the same checks as the middleware before
 * those routes; a request that fails one goes to Express, which answers it.
 */
export function fastHits(
  listener: RequestListener,
  { access, cache, config, onAnswered }: Pick<Deps, 'access' | 'cache' | 'config' | 'onAnswered'>,
  isClosing: () => boolean,
): RequestListener {
  const [hostProblem, siteProblem] = [checkHost(config), checkSite(config)];
  // A rate limit is counted on a server, so Express waits for it.
  const mayRead = (request: IncomingMessage): boolean => {
    const decision = access.decideAccess(request, 'read');
    return decision.outcome === 'granted' && !decision.caller.isLimited;
  };
  return fastPath(listener, cache, {
    allow: (request) =>
      !isClosing() && mayRead(request) && hostProblem(request) === null && siteProblem(request) === null,
    headers: (request) => [REQUEST_ID, identify(request)],
    onAnswer: (request, { route, outcome: { outcome, tier }, status, bytes, beganAt }) =>
      onAnswered({
        route,
        method: request.method ?? '',
        path: pathOf(request.url ?? ''),
        status,
        outcome,
        tier,
        durationMs: performance.now() - beganAt,
        bytes,
        requestId: request.id,
        way: 'fast',
        isCutOff: false,
      }),
  });
}
