import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TryLater } from '../errors.ts';
import { sendProblem } from './problem.ts';

const RETRY_AFTER_MS = 1_000;

/** The requests that a server has not answered yet. While the server closes, every answer closes its connection. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #isEnding = false;

  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Returns a listener that calls `listener` and counts each request until its response has closed. */
  listener(listener: RequestListener): RequestListener {
    return (request: IncomingMessage, response: ServerResponse) => {
      this.add(response);
      if (this.#isEnding) response.setHeader('Connection', 'close');
      listener(request, response);
    };
  }

  /** Counts a request until its response has closed. Does nothing if it is counted already. */
  add(response: ServerResponse): void {
    if (this.#open.has(response)) return;
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** Adds `Connection: close` to all answers from now on, except those whose headers are already sent. */
  endConnections(): void {
    this.#isEnding = true;
    for (const response of this.#open) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /** Answers each open request with 503, so that clients do not have to interpret a reset connection. */
  refuseAll(): void {
    for (const response of this.#open) {
      if (response.headersSent) continue;
      const detail =
        'this process is shutting down and could not finish the request in time; a change may have taken effect, so check before sending it again';
      sendProblem(response, new TryLater('SHUTTING_DOWN', detail, RETRY_AFTER_MS));
    }
  }

  /** Returns whether part of an answer has been sent on the socket, so that no other answer can be sent. */
  hasBegunToAnswer(socket: Socket): boolean {
    return [...this.#open].some((response) => response.socket === socket && response.headersSent);
  }
}
