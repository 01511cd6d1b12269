import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** The members of Node's response that decide which head `writeHead` makes. Node does not document those with an underscore. */
interface NodeResponse extends ServerResponse {
  _header: string | null;
  _keepAliveTimeout: number;
  readonly _defaultKeepAlive: boolean;
  readonly _maxRequestsPerSocket: number | null;
  readonly _removedConnection: boolean;
}

type Methods = Pick<ServerResponse, 'writeHead' | 'end'>;

const STATUS_LINES = { 200: 'HTTP/1.1 200 OK\r\n', 304: 'HTTP/1.1 304 Not Modified\r\n' } as const;
/** Names on which `writeHead` adds or omits headers of its own are refused, except `Content-Length`. */
const NAME = /^(?!(?:connection|date|expect|keep-alive|te|trailer|transfer-encoding|upgrade)$)[\w!#$%&'*+.^`|~-]+$/i;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/**
 * Sends an answer whose head is prepared text, so that Node does not check and join the headers of each hit again: that is a fifth
 * of the CPU time of a hit (decision 43). The client gets the bytes that `writeHead` and `end` would send.
 *
 * Sends nothing and returns false if `writeHead` could make another head than this one, for example because the response has
 * headers already, a method of the response was replaced, or the connection closes after it. The caller then uses `writeHead`.
 *
 * @param head lines of `headLines`, with `Content-Length` unless the status is 304
 * @param body a text has one character per byte; null if the answer has no body. `HEAD` gets none
 */
export function writeDirectly(
  response: ServerResponse,
  status: keyof typeof STATUS_LINES,
  head: string,
  body: string | Buffer | null,
): boolean {
  if (methods === undefined) methods = methodsOfNode();
  if (methods === null || !isAsCreated(response, methods)) return false;
  const text = `${STATUS_LINES[status]}${head}${dateLine()}${keepAliveLines(response)}\r\n`;
  response.statusCode = status;
  const hasBody = body !== null && response.req.method !== 'HEAD';
  if (!hasBody || typeof body === 'string') {
    response._header = hasBody ? text + body : text;
    response.end();
  } else {
    response._header = text;
    response.end(body);
  }
  return true;
}

/**
 * Returns these headers, names and values in turn, as lines of a head; null if only `writeHead` can decide about one of them. The text
 * is joined, not added up: V8 would keep a sum as a tree of its parts, and each hit that sends it would visit every part.
 */
export function headLines(headers: readonly string[]): string | null {
  const lines: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const [name = '', value = ''] = [headers[i], headers[i + 1]];
    if (!NAME.test(name) || !VALUE.test(value)) return null;
    lines.push(name, ': ', value, '\r\n');
  }
  return lines.join('');
}

/** Whether a response is as Node's server created it, and its connection stays open. */
function isAsCreated(response: ServerResponse, { writeHead, end }: Methods): response is NodeResponse {
  const created = response as NodeResponse;
  return (
    created.writeHead === writeHead &&
    created.end === end &&
    created._header === null &&
    created.shouldKeepAlive &&
    created.useChunkedEncodingByDefault &&
    created.sendDate &&
    created._defaultKeepAlive &&
    !created.strictContentLength &&
    !created._removedConnection &&
    !created._maxRequestsPerSocket &&
    created.getHeaderNames().length === 0
  );
}

let dateOf = { second: Number.NaN, line: '' };

function dateLine(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dateOf.second) dateOf = { second, line: `Date: ${new Date(second * 1_000).toUTCString()}\r\n` };
  return dateOf.line;
}

let keepAliveOf = { timeoutMs: Number.NaN, lines: '' };

function keepAliveLines({ _keepAliveTimeout: timeoutMs }: NodeResponse): string {
  if (timeoutMs !== keepAliveOf.timeoutMs) {
    const timeout = timeoutMs > 0 ? `Keep-Alive: timeout=${Math.floor(timeoutMs / 1_000)}\r\n` : '';
    keepAliveOf = { timeoutMs, lines: `Connection: keep-alive\r\n${timeout}` };
  }
  return keepAliveOf.lines;
}

/** Null if this release of Node makes another head than `writeDirectly`, or keeps it elsewhere. Decided by the first answer. */
let methods: Methods | null | undefined;

function methodsOfNode(): Methods | null {
  // An import of these classes would read every export of node:http, which loads undici and sets its global variables.
  const http = process.getBuiltinModule?.('node:http');
  if (http === undefined) return null;
  const ofNode = http.ServerResponse.prototype;
  const isSame = [0, 5_000].every((timeoutMs) => {
    const request = new http.IncomingMessage(new Socket());
    Object.assign(request, { httpVersionMajor: 1, httpVersionMinor: 1 });
    const response = new http.ServerResponse(request) as NodeResponse;
    response._keepAliveTimeout = timeoutMs;
    if (!isAsCreated(response, ofNode)) return false;
    response.writeHead(200, ['A', 'b', 'Content-Length', '0']);
    const expected = `${STATUS_LINES[200]}A: b\r\nContent-Length: 0\r\nDate: *\r\n${keepAliveLines(response)}\r\n`;
    return response._header?.replace(/^Date: .*$/m, 'Date: *') === expected;
  });
  return isSame ? { writeHead: ofNode.writeHead, end: ofNode.end } : null;
}
