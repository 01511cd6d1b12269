import { everyRoute, type OperationId, type Route } from '@pilotlight/contracts/http';
import type { IRouter, RequestHandler } from 'express';
import { audited } from '../audit/audited.ts';
import type { Deps } from '../deps.ts';
import type { Guards } from './auth.ts';
import { checkNoQuery } from './parse-input.ts';
import { resource } from './resource.ts';
import { isCached, queueRead } from './shed-reads.ts';

/** The handlers of one route, after its guard and in the order in which they run. */
export type Handlers = readonly RequestHandler[];

/** Makes the handlers of one route. */
export type HandlersOf = (deps: Deps) => Handlers;

export interface RegisterOptions {
  readonly deps: Deps;
  readonly guards: Guards;
  readonly handlers: Readonly<Record<OperationId, HandlersOf>>;
}

/** Registers the routes of the table that `which` accepts, each behind the guard of its access. */
export function registerRoutes(
  router: IRouter,
  { deps, guards, handlers }: RegisterOptions,
  which: (route: Route) => boolean,
): void {
  const routes = everyRoute().filter(which);
  const behindGuard = (route: { id: OperationId } & Route): RequestHandler[] => [
    ...guardOf(guards, route.access),
    ...(isAudited(route) ? [audited(deps.audit, route.id)] : []),
    ...(hasNoQuery(route) ? [refuseQuery] : []),
    ...(isCached(route) ? [queueRead(route.id, deps)] : []),
    ...handlers[route.id](deps),
  ];
  const ofPaths = Map.groupBy(
    routes.filter(({ mounted }) => !mounted),
    ({ path }) => path,
  );
  for (const [path, methods] of ofPaths) {
    resource(router, path, Object.fromEntries(methods.map((route) => [route.method, behindGuard(route)])));
  }
  // After the others, so that a route below the path of a page is not the page's.
  for (const route of routes) if (route.mounted) router.use(route.path, ...behindGuard(route));
}

/** Administration and deletions are in the audit log. */
function isAudited({ access, method, isRead }: Route): boolean {
  return (access === 'admin' && isRead !== true) || method === 'DELETE';
}

/** A cached route checks the query itself, because its answers are keyed by it. */
function hasNoQuery({ path, query, cached }: Route): boolean {
  return path.startsWith('/api/') && query === undefined && cached === null;
}

const refuseQuery: RequestHandler = (request, _response, next) => {
  checkNoQuery(request.query);
  next();
};

function guardOf({ read, write, admin }: Guards, access: Route['access']): readonly RequestHandler[] {
  switch (access) {
    case 'open':
      return [];
    case 'read':
      return [read];
    case 'write':
      return [write];
    case 'admin':
      return [admin];
  }
}
