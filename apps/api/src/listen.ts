import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** From the first byte of a request to its last: an upload at the size limit over a slow line. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than proxies keep theirs, so that it is not the server who closes one that is about to be used. */
const KEEP_ALIVE_MS = 65_000;

/** The port can't be had; the message says which and what to do. */
export class PortTaken extends Error {
  readonly code = 'PORT_TAKEN';

  constructor(host: string, port: number, cause: unknown) {
    super(`PORT: expected a free port on ${host}, got ${port}, which another process has; choose another PORT`, {
      cause,
    });
    this.name = 'PortTaken';
  }
}

export interface Listening {
  readonly url: string;
  /** Takes no more connections, lets requests under way finish for up to `withinMs`, then cuts them off. */
  close(withinMs: number): Promise<void>;
}

/** Port 0: any free one. Rejects with `PortTaken`. */
export async function listen(app: Express, { host, port }: { host: string; port: number }): Promise<Listening> {
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    app,
  );
  // Whether to go on is the routes' to say, once they know that they want the body.
  server.on('checkContinue', app);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')
      throw new PortTaken(host, port, error);
    throw error;
  }
  return { url: urlOf(server, host), close: (withinMs) => close(server, withinMs) };
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, withinMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const late = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearTimeout(late);
}
