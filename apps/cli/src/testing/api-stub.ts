import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request that the stub received. */
export interface Received {
  readonly request: string;
  readonly authorization: string | undefined;
  readonly lastEventId: string | undefined;
  readonly body: unknown;
}

/** An answer of the stub: its status, its body as JSON or as text, and its headers. A body of null closes the connection instead. */
export interface StubAnswer {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Starts a server that answers `GET /path` and the like with its `answers` in turn. Returns the environment of a command that uses it. */
export async function startApiStub(answers: Readonly<Record<string, readonly StubAnswer[]>>) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    const name = `${request.method} ${request.url}`;
    const { authorization, 'content-type': type, 'last-event-id': id } = request.headers;
    const lastEventId = id?.toString();
    received.push({
      request: name,
      authorization,
      lastEventId,
      body: type === 'application/json' ? JSON.parse(text) : text,
    });
    const own = answers[name] ?? [];
    const count = received.filter((one) => one.request === name).length;
    const { status = 200, body, headers = {} } = own[Math.min(count, own.length) - 1] ?? { status: 404, body: {} };
    if (body === null) return void response.destroy();
    const isText = typeof body === 'string';
    response.writeHead(status, { 'content-type': isText ? 'text/event-stream' : 'application/json', ...headers });
    response.end(isText ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { received, env: { PILOTLIGHT_URL: `http://127.0.0.1:${port}`, PILOTLIGHT_TOKEN: 'the-token' } };
}
