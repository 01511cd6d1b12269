import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';

/** The limits of an HTTP server; times in ms. */
export interface ServerLimits {
  readonly headersMs: number;
  /** From the first byte of a request to the last. */
  readonly requestMs: number;
  /** How often both limits are checked: a request is ended this much later at most. */
  readonly checkEveryMs: number;
  /** How long a connection may be idle between two requests. */
  readonly keepAliveMs: number;
  /** Further connections are closed at once. Null for no limit beside that of the operating system. */
  readonly maxConnections: number | null;
}

/** Creates an HTTP server that ends slow requests with 408. It does not listen yet. */
export function createLimitedServer(
  { headersMs, requestMs, checkEveryMs, keepAliveMs, maxConnections }: ServerLimits,
  listener: RequestListener,
  options: Pick<ServerOptions, 'requireHostHeader'> = {},
): Server {
  const server = createServer(
    {
      ...options,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: checkEveryMs,
      keepAliveTimeout: keepAliveMs,
    },
    listener,
  );
  if (maxConnections !== null) server.maxConnections = maxConnections;
  return server;
}
