import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerClientErrors } from './http/client-errors.ts';
import { OpenRequests } from './http/open-requests.ts';

/** From the first byte of a request to its last: an upload at the size limit over a slow line. */
const REQUEST_TIMEOUT_MS = 15 * 60_000;
const HEADERS_TIMEOUT_MS = 15_000;
/** Longer than proxies keep theirs, so that it is not the server who closes one that is about to be used. */
const KEEP_ALIVE_MS = 65_000;

/** A client that has just been answered may be sending its next request: for this time it is still read and answered. */
const IDLE_GRACE_MS = 1_000;
const LOOK_FOR_IDLE_MS = 100;
/** To write an answer that gives up, and for the client to read it. */
const LAST_WORD_MS = 500;

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

/** The server cannot listen on `HOST` and `PORT`; the message names the values and the remedy. */
export class AddressUnusable extends Error {
  readonly code = 'ADDRESS_UNUSABLE';

  constructor(host: string, port: number, cause: Error) {
    const expected = EXPECTED[codeOf(cause) ?? ''] ?? 'HOST and PORT: expected an address to listen on';
    super(`${expected}, got HOST=${host} PORT=${port} (${cause.message})`, { cause });
    this.name = 'AddressUnusable';
  }
}

const EXPECTED: Partial<Record<string, string>> = {
  ENOTFOUND: 'HOST: expected an address of this machine or a name that resolves to one',
  EAI_AGAIN: 'HOST: expected an address of this machine or a name that resolves to one',
  EADDRNOTAVAIL: 'HOST: expected an address that this machine has, such as 127.0.0.1 or 0.0.0.0',
  EINVAL: 'HOST: expected an address that this machine has, such as 127.0.0.1 or 0.0.0.0',
  EACCES: 'PORT: expected a port that this user may listen on, usually one from 1024',
};

export interface Listening {
  readonly url: string;
  /**
   * Takes no more connections. Answers say `Connection: close` from now on; connections that stay idle are closed after a
   * second. What is unfinished after `withinMs` is answered with 503, and cut off half a second later.
   */
  close(withinMs: number): Promise<void>;
}

/** Port 0: any free one. Rejects with `PortTaken` or `AddressUnusable`. */
export async function listen(
  listener: RequestListener,
  { host, port }: { host: string; port: number },
): Promise<Listening> {
  const open = new OpenRequests();
  const counted = open.listener(listener);
  const server = createServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS, keepAliveTimeout: KEEP_ALIVE_MS },
    counted,
  );
  // Whether to go on is the routes' to say, once they know that they want the body.
  server.on('checkContinue', counted);
  answerClientErrors(server, open);
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw codeOf(error) === 'EADDRINUSE' ? new PortTaken(host, port, error) : new AddressUnusable(host, port, error);
  }
  return { url: urlOf(server, host), close: (withinMs) => close(server, open, withinMs) };
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has one
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

async function close(server: Server, open: OpenRequests, withinMs: number): Promise<void> {
  const closed = once(server, 'close');
  const isClosedWithin = (ms: number) => Promise.race([closed.then(() => true), sleep(ms, false, { ref: false })]);
  open.endConnections();
  // Not `server.close()` yet: it resets idle connections, on which a request may be under way.
  NetServer.prototype.close.call(server);
  if (await isClosedWithin(IDLE_GRACE_MS)) return;
  server.close();
  const closingIdle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_MS);
  if (!(await isClosedWithin(Math.max(0, withinMs - IDLE_GRACE_MS)))) {
    open.refuseAll();
    if (!(await isClosedWithin(LAST_WORD_MS))) server.closeAllConnections();
    await closed;
  }
  clearInterval(closingIdle);
}
