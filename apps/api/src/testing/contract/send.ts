import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Sent {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** A list is sent as one line for each value. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

export interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Of a stream of events, the part that came first. */
  readonly body: Buffer;
}

/** Sends a request with exactly these headers; `fetch` refuses some of them, such as `Host`. */
export async function send(baseUrl: string, { method, target, headers = {}, body }: Sent): Promise<Received> {
  const { hostname, port, host } = new URL(baseUrl);
  const given = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  const all = {
    ...(!given.has('host') && { Host: host }),
    ...(body !== undefined && !given.has('content-length') && { 'Content-Length': String(Buffer.byteLength(body)) }),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => [value].flat().flatMap((one) => [name, one]));
  const asking = request({ hostname, port, method, path: target, headers: lines, agent: false });
  const answering = once(asking, 'response');
  asking.end(body);
  const [response] = (await answering) as [IncomingMessage];
  // An answer may come before the whole body was sent; then the connection is closed.
  asking.on('error', () => response.destroy());
  return { status: response.statusCode ?? 0, headers: response.headers, body: await bodyOf(response) };
}

async function bodyOf(response: IncomingMessage): Promise<Buffer> {
  if (response.headers['content-type']?.startsWith('text/event-stream') !== true) return await buffer(response);
  for await (const part of response) return part as Buffer;
  return Buffer.alloc(0);
}
