import type { IncomingMessage, RequestListener } from 'node:http';
import { fastPath } from '@pilotlight/cache-core/express';
import type { Deps } from '../deps.ts';
import type { Caller } from './access.ts';
import { checkSite } from './refuse-cross-site.ts';
import { checkHost } from './refuse-other-hosts.ts';
import { identify, REQUEST_ID } from './request-id.ts';
import { pathOf } from './request-target.ts';
import { admit, shedReads } from './shed-reads.ts';

/**
 * Returns a listener that answers hits of the cached routes without Express, and refuses their other reads during an overload. It
 * makes the same checks as the middleware before those routes; a request that fails one goes to Express, which answers it.
 */
export function fastHits(
  listener: RequestListener,
  deps: Pick<Deps, 'access' | 'cache' | 'config' | 'onAnswered' | 'origin' | 'readQueue'>,
  isClosing: () => boolean,
): RequestListener {
  const { access, cache, config, onAnswered } = deps;
  const [hostProblem, siteProblem] = [checkHost(config), checkSite(config)];
  const readerOf = (request: IncomingMessage): Caller | null => {
    if (isClosing()) return null;
    const decision = access.decideAccess(request, 'read');
    if (decision.outcome !== 'granted') return null;
    return hostProblem(request) === null && siteProblem(request) === null ? decision.caller : null;
  };
  const mayRefuse = (request: IncomingMessage): boolean => readerOf(request) !== null;
  return fastPath(admit(listener), cache, {
    // A rate limit is counted on a server, so Express waits for it.
    allow: (request) => readerOf(request)?.isLimited === false,
    onMiss: shedReads(listener, { queue: deps.readQueue, mayRefuse, deps }),
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
