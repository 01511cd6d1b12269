import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, MalformedRequest, RequestTimedOut } from '../errors.ts';
import type { OnAnswered } from './answered.ts';
import { answerEarly, reportUnreadable } from './early-answers.ts';
import { closeAfter, type OpenRequests } from './open-requests.ts';
import { problemBody, problemHeaders } from './problem.ts';
import { REQUEST_ID } from './request-id.ts';

const PROBLEMS: Partial<Record<string, ApiError>> = {
  HPE_HEADER_OVERFLOW: new ApiError({
    code: 'HEADERS_TOO_LARGE',
    detail: 'expected a request line and headers of at most 16 KiB together, got more',
  }),
  ERR_HTTP_REQUEST_TIMEOUT: new RequestTimedOut(
    'expected the headers within 15 s and the whole request within 15 minutes, got an incomplete request',
  ),
};

/** Answers requests that Node cannot parse with a problem document. Such a request reaches no route, or no route reads it to its end. */
export function answerClientErrors(server: Server, open: OpenRequests, onAnswered: OnAnswered): void {
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    const problem = PROBLEMS[error.code ?? ''] ?? unreadable(error);
    const response = open.on(socket);
    // An answer that has ended is in the socket's buffer: another one can follow it.
    if (response === null || response.writableEnded) return answer(socket, problem, onAnswered);
    if (response.headersSent) return void socket.destroy();
    // The error is in a later message of the connection: the request before it gets its answer.
    if (response.req.complete) closeAfter(response);
    else answerEarly(response, problem, onAnswered);
  });
  // Without a listener, Node closes the connection without an answer.
  server.on('connect', ({ url = '' }, socket: Socket) => {
    const detail = `expected a path or an http URL as request target, got CONNECT ${JSON.stringify(url.slice(0, 100))}`;
    answer(socket, new MalformedRequest(detail), onAnswered);
  });
}

function answer(socket: Socket, problem: ApiError, onAnswered: OnAnswered): void {
  const id = randomUUID();
  const body = problemBody(problem, id);
  const headers = {
    ...problemHeaders(problem),
    [REQUEST_ID]: id,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  socket.end([`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`, ...lines, '', body].join('\r\n'));
  reportUnreadable(problem, id, onAnswered);
}

function unreadable({ message }: Error): ApiError {
  return new MalformedRequest(`expected an HTTP/1.1 request, got one that cannot be parsed: ${message}`);
}
