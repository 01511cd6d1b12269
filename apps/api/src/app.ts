import express, { type Express, type Request } from 'express';
import type { Deps } from './deps.ts';
import { NotFound } from './errors.ts';
import { reportAnswered } from './http/answered.ts';
import { createGuards } from './http/auth.ts';
import { checkExpect } from './http/expect.ts';
import { parseQuery } from './http/parse-query.ts';
import { problemHandler } from './http/problem.ts';
import { checkSite } from './http/refuse-cross-site.ts';
import { checkHost, refuse } from './http/refuse-other-hosts.ts';
import { registerRoutes } from './http/register-routes.ts';
import { assignRequestId } from './http/request-id.ts';
import { dataHeaders } from './http/security-headers.ts';
import { traceRequests } from './http/trace-requests.ts';
import { sourceOf } from './ingest/line-metrics.ts';
import { HANDLERS } from './routes/handlers.ts';

/** Builds the whole HTTP surface of the api from the table of routes. */
export function createApp(deps: Deps): Express {
  const { config, logger, onAnswered, lineCounts } = deps;
  const app = express();
  app.disable('x-powered-by');
  // Cached answers set their own ETag; Express would compute another one for every other answer.
  app.disable('etag');
  app.set('query parser', parseQuery);
  app.use(assignRequestId);
  if (config.tracing !== null) app.use(traceRequests);
  app.use(reportAnswered(onAnswered), refuse(checkHost(config), checkExpect, checkSite(config)));
  const options = { deps, guards: createGuards(deps), handlers: HANDLERS };
  registerRoutes(app, options, ({ cached }) => cached !== null);
  app.use(dataHeaders);
  registerRoutes(app, options, ({ cached }) => cached === null);
  app.use((request) => {
    throw new NotFound(`no resource at ${request.path}`);
  });
  const countRefusal = (request: Request, error: unknown): void => {
    const source = sourceOf(request);
    if (source !== null) lineCounts.refused(source, error);
  };
  app.use(problemHandler(logger, countRefusal));
  return app;
}
