import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { createLimitedServer, endsWithin, type ServerLimits } from '@pilotlight/runtime';
import { RequestTimedOut, TryLater } from './errors.ts';
import type { OnAnswered } from './http/answered.ts';
import { answerClientErrors } from './http/client-errors.ts';
import { answerEarly } from './http/early-answers.ts';
import { OpenRequests } from './http/open-requests.ts';

/** The time limits of a request, in ms. */
export interface RequestLimits extends Pick<ServerLimits, 'headersMs' | 'requestMs' | 'checkEveryMs'> {
  /** From the headers to the last byte of a body, except that of an upload, whose route has a minimum pace. */
  readonly bodyMs: number;
}

/** The whole request may take as long as an upload of the maximum size over a slow line. */
const LIMITS: RequestLimits = { headersMs: 15_000, bodyMs: 30_000, requestMs: 15 * 60_000, checkEveryMs: 1_000 };
/** Longer than the keep-alive of common proxies, so that the server does not close a connection that a proxy is about to use. */
const KEEP_ALIVE_MS = 65_000;
/** The number of connections is bounded by the operating system, because `EVENT_STREAMS` allows many. */
const CONNECTIONS = { keepAliveMs: KEEP_ALIVE_MS, maxConnections: null } as const;
/**
 * Connections that may wait to be accepted; Linux has the same limit (`net.core.somaxconn`). Beyond Node's default of 511 the system
 * drops the packets of a client, which then tries again after 1, 3, 7 and 15 s.
 */
const BACKLOG = 4_096;

/** A client may be sending its next request when the shutdown begins: requests on idle connections are answered for this time. */
const IDLE_GRACE_MS = 1_000;
const CLOSE_IDLE_EVERY_MS = 100;
/** The time to send the 503 answers and for clients to read them. */
const LAST_ANSWERS_MS = 500;
/** `Retry-After` of a request that the shutdown refuses. */
const RETRY_AFTER_MS = 1_000;

export class PortTaken extends Error {
  readonly code = 'PORT_TAKEN';

  constructor(host: string, port: number, cause: unknown) {
    super(`PORT: expected a free port on ${host}, got ${port}, which another process uses; choose another PORT`, {
      cause,
    });
    this.name = 'PortTaken';
  }
}

/** The server cannot listen on `HOST` and `PORT` for another reason than a port in use. */
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
   * Accepts no more connections. Answers have `Connection: close` from now on, and idle connections are closed after 1 s.
   * Requests that are unfinished after `withinMs` are answered with 503; connections that remain 0.5 s later are closed.
   */
  close(withinMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Returns a listener that answers some requests itself, until the server closes, and passes all others on. */
  readonly before?: (listener: RequestListener, isClosing: () => boolean) => RequestListener;
  /** Observes the answers that the server gives itself, to requests that reach no route. Defaults to nothing. */
  readonly onAnswered?: OnAnswered;
  /** Called for each accepted connection. Defaults to nothing. */
  readonly onConnection?: () => void;
  /** Defaults to 15 s for the headers, 30 s for a body and 15 minutes for an upload. */
  readonly limits?: RequestLimits;
}

/** Starts the server. Rejects with `PortTaken` or `AddressUnusable`. */
export async function listen(listener: RequestListener, options: ListenOptions): Promise<Listening> {
  const { host, port, before, onAnswered = () => undefined, onConnection = () => undefined, limits = LIMITS } = options;
  const open = new OpenRequests();
  const counted = open.listener(listener);
  const outer =
    before === undefined
      ? counted
      : countOpen(
          open,
          before(counted, () => open.isEnding),
        );
  // The api refuses a request without `Host` itself, with a problem document.
  const server = createLimitedServer({ ...limits, ...CONNECTIONS }, outer, { requireHostHeader: false });
  // The routes send `100 Continue` once they accept the body, and refuse other expectations.
  server.on('checkContinue', counted);
  server.on('checkExpectation', counted);
  answerClientErrors(server, open, onAnswered);
  endSlowBodies(server, open, limits, onAnswered);
  server.on('connection', onConnection);
  server.listen(port, host, BACKLOG);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    throw codeOf(error) === 'EADDRINUSE' ? new PortTaken(host, port, error) : new AddressUnusable(host, port, error);
  }
  return { url: urlOf(server, host), close: (withinMs) => close(server, { open, withinMs, onAnswered }) };
}

function endSlowBodies(server: Server, open: OpenRequests, limits: RequestLimits, onAnswered: OnAnswered): void {
  const { bodyMs, checkEveryMs } = limits;
  const problem = new RequestTimedOut(`expected the whole body within ${bodyMs / 1_000} s, got a part of it`);
  const timer = setInterval(
    () => open.endUnfinished(bodyMs, (response) => answerEarly(response, problem, onAnswered)),
    checkEveryMs,
  );
  server.once('close', () => clearInterval(timer));
}

/** Counts each request that is not answered at once: it waits for its body, for Redis, or for other reads. */
function countOpen(open: OpenRequests, listener: RequestListener): RequestListener {
  return (request, response) => {
    listener(request, response);
    if (!response.writableEnded) open.add(response);
  };
}

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo; // a server that listens on TCP has an address
  return `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${port}`;
}

interface Closing {
  readonly open: OpenRequests;
  readonly withinMs: number;
  readonly onAnswered: OnAnswered;
}

async function close(server: Server, { open, withinMs, onAnswered }: Closing): Promise<void> {
  const closed = once(server, 'close');
  open.endConnections();
  // Not `server.close()` yet: it resets idle connections, on which a request may be in transit.
  NetServer.prototype.close.call(server);
  if (await endsWithin(IDLE_GRACE_MS, closed)) return;
  server.close();
  const closingIdle = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS);
  if (!(await endsWithin(Math.max(1, withinMs - IDLE_GRACE_MS), closed))) {
    open.refuseAll((response) => answerEarly(response, shuttingDown(), onAnswered));
    if (!(await endsWithin(LAST_ANSWERS_MS, closed))) server.closeAllConnections();
    await closed;
  }
  clearInterval(closingIdle);
}

function shuttingDown(): TryLater {
  const detail =
    'this process is shutting down and could not finish the request in time; a change may have taken effect, so check before sending it again';
  return new TryLater('SHUTTING_DOWN', detail, RETRY_AFTER_MS);
}
