import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { TryLater } from '../errors.ts';
import { sendProblem } from './problem.ts';

const RETRY_AFTER_MS = 1_000;

/** The requests that a server is answering. While it closes, every answer ends its connection, so clients leave by themselves. */
export class OpenRequests {
  readonly #open = new Set<ServerResponse>();
  #isEnding = false;

  /** Hands requests on to `listener`, and counts each until its answer has ended. */
  listener(listener: RequestListener): RequestListener {
    return (request: IncomingMessage, response: ServerResponse) => {
      this.#open.add(response);
      response.once('close', () => this.#open.delete(response));
      if (this.#isEnding) response.setHeader('Connection', 'close');
      listener(request, response);
    };
  }

  /** From now on answers say `Connection: close`. One whose headers have been sent is too late for it. */
  endConnections(): void {
    this.#isEnding = true;
    for (const response of this.#open) if (!response.headersSent) response.setHeader('Connection', 'close');
  }

  /** Answers each request that is still open with 503, so that no client has to guess from a reset connection. */
  refuseAll(): void {
    for (const response of this.#open) {
      if (response.headersSent) continue;
      const detail =
        'this process shuts down and had no time left for the request; it may have taken effect, so look before sending a change again';
      sendProblem(response, new TryLater('SHUTTING_DOWN', detail, RETRY_AFTER_MS));
    }
  }

  /** Returns whether part of an answer has been sent on the socket, so that another one can't be. */
  hasBegunToAnswer(socket: Socket): boolean {
    return [...this.#open].some((response) => response.socket === socket && response.headersSent);
  }
}
