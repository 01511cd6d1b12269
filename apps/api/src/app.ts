import express, { type Express } from 'express';
import type { Deps } from './deps.ts';
import { NotFound } from './errors.ts';
import { createGuards } from './http/auth.ts';
import { parseQuery } from './http/parse-query.ts';
import { problemHandler } from './http/problem.ts';
import { refuseCrossSite } from './http/refuse-cross-site.ts';
import { refuseOtherHosts } from './http/refuse-other-hosts.ts';
import { assignRequestId } from './http/request-id.ts';
import { requestLog } from './http/request-log.ts';
import { dataHeaders } from './http/security-headers.ts';
import { cacheRoutes } from './routes/cache.ts';
import { contentRoute } from './routes/content.ts';
import { fileRoute, filesRoute } from './routes/files.ts';
import { healthRoutes } from './routes/health.ts';
import { queuesRoute } from './routes/queues.ts';
import { retentionRoute } from './routes/retention.ts';
import { searchRoute } from './routes/search.ts';
import { statsRoute } from './routes/stats.ts';
import { uploadRoute } from './routes/upload.ts';

/** Builds the whole HTTP surface of the api. */
export function createApp(deps: Deps): Express {
  const { config, logger } = deps;
  const guards = createGuards(config);
  const app = express();
  app.disable('x-powered-by');
  // Cached answers set their own ETag; Express would compute another one for every other answer.
  app.disable('etag');
  app.set('query parser', parseQuery);
  app.use(assignRequestId, requestLog(logger), refuseOtherHosts(config), refuseCrossSite(config));
  statsRoute(app, deps, guards);
  searchRoute(app, deps, guards);
  filesRoute(app, deps, guards);
  app.use(dataHeaders);
  fileRoute(app, deps, guards);
  contentRoute(app, deps, guards);
  uploadRoute(app, deps, guards);
  retentionRoute(app, deps, guards);
  cacheRoutes(app, deps, guards);
  healthRoutes(app, deps);
  queuesRoute(app, deps, guards);
  app.use((request) => {
    throw new NotFound(`no resource at ${request.path}`);
  });
  app.use(problemHandler(logger));
  return app;
}
