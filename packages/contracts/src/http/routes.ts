import type { z } from 'zod';
import type { ProblemCode } from '../problem-types.ts';
import type { Route } from './route.ts';
import { ADMIN } from './routes/admin.ts';
import { FILES } from './routes/files.ts';
import { READS } from './routes/reads.ts';
import { SERVICE } from './routes/service.ts';

/**
 * Every route of the api, by operation id. Express's routes, the OpenAPI description, the contract tests and the dispatcher of the fast
 * path are made from this table.
 *
 * To add a route:
 *
 * 1. Write the zod schemas of its request and of its answers in this package, strict where the contract is exact.
 * 2. Add a row to one of the files in `routes/`: `getThing: { method, path, tag, summary, access, cached, params, query, body, answers,
 *    errors }`. `json(schema, description)` makes a JSON answer that no cache may store. `errors` lists the codes that are special to
 *    the route; those that follow from its access, method and body are added by `errorsOf`.
 * 3. Add the handler under the same operation id to `HANDLERS` in `apps/api/src/routes/handlers.ts`. The api does not compile with a row
 *    without a handler or with a handler without a row. A handler does not check access: the guard of the row's `access` comes first.
 */
export const ROUTES = { ...READS, ...FILES, ...ADMIN, ...SERVICE } as const satisfies Record<string, Route>;
export type OperationId = keyof typeof ROUTES;

/** The operation ids of the cached routes. */
export type CachedOperationId = {
  [Id in OperationId]: (typeof ROUTES)[Id]['cached'] extends string ? Id : never;
}[OperationId];

/** The JSON body of a route's answer with this status, as a handler sends it. */
export type AnswerBody<
  Id extends OperationId,
  Status extends keyof (typeof ROUTES)[Id]['answers'],
> = (typeof ROUTES)[Id]['answers'][Status] extends { readonly body: infer Body extends z.ZodType }
  ? z.input<Body>
  : never;

/** Returns the rows of the table, each with its operation id. */
export function everyRoute(): readonly (Route & { readonly id: OperationId })[] {
  return (Object.keys(ROUTES) as OperationId[]).map((id) => ({ ...(ROUTES[id] as Route), id }));
}

/** Returns the codes of all errors that a route can answer with. */
export function errorsOf({ method, access, body, errors, path }: Route): readonly ProblemCode[] {
  const isProbe = path === '/healthz' || path === '/readyz';
  const codes: readonly (ProblemCode | false)[] = [
    ...errors,
    'MALFORMED_REQUEST',
    path.startsWith('/api/') && 'INVALID_INPUT',
    access !== 'open' && 'UNAUTHORIZED',
    access !== 'open' && 'RATE_LIMITED',
    (access === 'write' || access === 'admin') && 'FORBIDDEN',
    method !== 'GET' && 'CROSS_SITE',
    body !== undefined && 'MALFORMED_BODY',
    body !== undefined && 'UNSUPPORTED_MEDIA_TYPE',
    body?.type === 'application/json' && 'BODY_TOO_LARGE',
    body?.type === 'application/json' && 'UNREADABLE_BODY',
    !isProbe && 'HOST_NOT_ALLOWED',
    'EXPECTATION_FAILED',
    'REQUEST_TIMEOUT',
    'HEADERS_TOO_LARGE',
    'INTERNAL',
    'SHUTTING_DOWN',
  ];
  return [...new Set(codes.filter((code) => code !== false))];
}
