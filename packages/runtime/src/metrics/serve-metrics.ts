import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../config-error.ts';
import { createLimitedServer, type ServerLimits } from '../limited-server.ts';
import type { Metrics } from './metrics.ts';

export interface MetricsServerOptions {
  readonly metrics: Metrics;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Returns whether a request with this header may read the metrics. */
  readonly isAllowed: (authorization: string | undefined) => Promise<boolean> | boolean;
  /** Defaults to 5 s for a request and 64 connections. */
  readonly limits?: ServerLimits;
}

export interface MetricsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Requests have no body. Prometheus keeps its connection between two scrapes. */
const LIMITS: ServerLimits = {
  headersMs: 5_000,
  requestMs: 5_000,
  checkEveryMs: 1_000,
  keepAliveMs: 65_000,
  maxConnections: 64,
};

/**
 * Serves `GET /metrics` and `GET /healthz` (200 while the event loop runs) for a process without another HTTP server.
 * Rejects with `ConfigError` if the port cannot be used.
 */
export async function serveMetrics(options: MetricsServerOptions): Promise<MetricsServer> {
  const { metrics, host, port, isAllowed, limits = LIMITS } = options;
  const server = createLimitedServer(limits, (request, response) => {
    void answer(request, response, metrics, isAllowed);
  });
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`METRICS_PORT: expected a free port on ${host}, got ${port} (${why})`]);
  }
  const { port: used } = server.address() as AddressInfo; // a server that listens on TCP has an address
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${used}`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(
  { method = '', url = '', headers }: IncomingMessage,
  response: ServerResponse,
  metrics: Metrics,
  isAllowed: MetricsServerOptions['isAllowed'],
): Promise<void> {
  const path = url.split('?', 1)[0];
  const send = (status: number, type: string, body: string, more: Record<string, string> = {}) =>
    response
      .writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store', ...more })
      .end(method === 'HEAD' ? undefined : body);
  if (path !== '/metrics' && path !== '/healthz') send(404, 'text/plain', 'expected /metrics or /healthz\n');
  else if (method !== 'GET' && method !== 'HEAD') send(405, 'text/plain', 'expected GET\n', { Allow: 'GET, HEAD' });
  else if (path === '/healthz') send(200, 'application/json', '{"status":"live"}');
  else if (await isAllowed(headers.authorization)) send(200, metrics.contentType, await metrics.scrape());
  else send(401, 'text/plain', 'expected "Authorization: Bearer <token>"\n', { 'WWW-Authenticate': 'Bearer' });
}
