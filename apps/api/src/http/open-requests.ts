import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const atOwnPace = new WeakSet<IncomingMessage>();

/** Exempts a request from the time limit of bodies. Call it in a route that limits the pace of its body itself. */
export function readsAtOwnPace(request: IncomingMessage): void {
  atOwnPace.add(request);
}

/** The requests that a server has not answered yet. While the server closes, every answer closes its connection. */
export class OpenRequests {
  /** The instant of each arrival (monotonic, in ms). */
  readonly #open = new Map<ServerResponse<IncomingMessage>, number>();
  /** The same requests by their connection, which may have several. */
  readonly #ofSocket = new WeakMap<Socket, Set<ServerResponse<IncomingMessage>>>();
  /** Answered requests whose body has not arrived, with the instant of the answer. */
  readonly #unread = new Map<IncomingMessage, number>();
  #isEnding = false;

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Returns a listener that calls `listener` and counts each request until its response has closed. */
  listener(listener: RequestListener): RequestListener {
    return (request, response) => {
      this.add(response);
      if (this.#isEnding) response.setHeader('Connection', 'close');
      listener(request, response);
    };
  }

  /** Counts a request until its response has closed. Does nothing if it is counted already. */
  add(response: ServerResponse<IncomingMessage>): void {
    if (this.#open.has(response)) return;
    const { req: request } = response;
    const ofSocket = this.#ofSocket.get(request.socket) ?? new Set();
    this.#ofSocket.set(request.socket, ofSocket.add(response));
    this.#open.set(response, performance.now());
    response.once('close', () => {
      this.#open.delete(response);
      ofSocket.delete(response);
      if (!request.complete && !request.socket.destroyed) this.#unread.set(request, performance.now());
    });
  }

  /** Adds `Connection: close` to all answers from now on, except those whose headers are already sent. */
  endConnections(): void {
    this.#isEnding = true;
    for (const response of this.#open.keys()) closeAfter(response);
  }

  /** Calls `refuse` for each open request, so that clients do not have to interpret a reset connection. */
  refuseAll(refuse: (response: ServerResponse<IncomingMessage>) => void): void {
    for (const response of this.#open.keys()) if (!response.headersSent) refuse(response);
  }

  /**
   * Ends the requests whose body has not arrived within `withinMs`: calls `refuse` for those that have no answer yet, and closes the
   * connections of the others, on which the client would otherwise send for minutes what no route reads.
   */
  endUnfinished(withinMs: number, refuse: (response: ServerResponse<IncomingMessage>) => void): void {
    const since = performance.now() - withinMs;
    for (const [response, at] of this.#open) {
      if (at > since || response.req.complete || atOwnPace.has(response.req)) continue;
      if (response.headersSent) response.req.socket.destroy();
      else refuse(response);
    }
    for (const [request, at] of this.#unread) {
      const isOver = request.complete || request.socket.destroyed;
      if (!isOver && at > since) continue;
      this.#unread.delete(request);
      if (!isOver) request.socket.destroy();
    }
  }

  /** Returns the response that the socket sends now or next; null if it has none. */
  on(socket: Socket): ServerResponse<IncomingMessage> | null {
    const [first] = this.#ofSocket.get(socket) ?? [];
    return first ?? null;
  }
}

/** Makes an answer the last one of its connection, unless its headers are already sent. */
export function closeAfter(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}
