import { randomUUID } from 'node:crypto';
import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ApiError, MalformedRequest } from '../errors.ts';
import type { OpenRequests } from './open-requests.ts';
import { problemBody, problemHeaders } from './problem.ts';
import { REQUEST_ID } from './request-id.ts';

const PROBLEMS: Partial<Record<string, ApiError>> = {
  HPE_HEADER_OVERFLOW: new ApiError({
    code: 'HEADERS_TOO_LARGE',
    detail: 'expected a request line and headers of at most 16 KiB together, got more',
  }),
  ERR_HTTP_REQUEST_TIMEOUT: new ApiError({
    code: 'REQUEST_TIMEOUT',
    detail: 'expected the headers within 15 s and the whole request within 15 minutes, got an incomplete request',
  }),
};

/** Answers requests that Node cannot parse with a problem document. Such a request reaches no route. */
export function answerClientErrors(server: Server, open: OpenRequests): void {
  server.on('clientError', (error: Error & { code?: string }, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET' || open.hasBegunToAnswer(socket)) return void socket.destroy();
    const problem = PROBLEMS[error.code ?? ''] ?? unreadable(error);
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
  });
}

function unreadable({ message }: Error): ApiError {
  return new MalformedRequest(`expected an HTTP/1.1 request, got one that cannot be parsed: ${message}`);
}
