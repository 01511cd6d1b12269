/** Described answers that the contract test does not cause, each with its reason and the test that causes it elsewhere. */
export const UNREACHED: Readonly<Record<string, string>> = {
  408: 'a slow client is refused after 15 s, or 30 s for a body: upload-pace.test.ts, listen.test.ts',
  500: 'it answers a bug',
  504: 'a load is given up after 30 s: outages.prove.test.ts',
  'GET /metrics 421': 'the api of the test has tokens, with which it is served under any host: metrics.test.ts',
};

/** Routes that need no server, so only a process that shuts down answers them with 503: listen.test.ts. */
export const ONLY_SHUTDOWN: ReadonlySet<string> = new Set([
  'GET /api/cache/stats',
  'GET /api/cache/entries/{key}',
  'GET /',
  'GET /api/live',
  'GET /api/live/events',
  'POST /api/cache/key',
  'GET /healthz',
  'GET /metrics',
  'GET /openapi.json',
  'GET /docs',
  'GET /docs/errors',
  'GET /docs/operations',
  'GET /admin/queues',
]);
