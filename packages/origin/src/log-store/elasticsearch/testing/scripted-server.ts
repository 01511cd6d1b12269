import { createServer, type IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';

/** One answer of a scripted server; `null` never answers. `product` defaults to Elasticsearch. */
export type ScriptedAnswer = { status: number; body: unknown; product?: string } | null;

export interface ScriptedRequest {
  method: string;
  path: string;
  /** The header `Accept`. */
  accept: string;
  body: string;
}

export interface ScriptedServer {
  url: string;
  /** The requests so far. */
  requests: ScriptedRequest[];
  /** Number of connections that clients closed before they got an answer. */
  aborted: number;
}

/** Starts a server that speaks like Elasticsearch and answers each request as `answer` says. */
export async function scriptedServer(
  answer: (request: ScriptedRequest) => ScriptedAnswer | Promise<ScriptedAnswer>,
): Promise<ScriptedServer> {
  const scripted: ScriptedServer = { url: '', requests: [], aborted: 0 };
  const server = createServer(async (message, response) => {
    const { method = '', url: path = '', headers } = message;
    const request = { method, path, accept: headers.accept ?? '', body: await bodyOf(message) };
    scripted.requests.push(request);
    response.once('close', () => {
      if (!response.writableEnded) scripted.aborted += 1;
    });
    const reply = await answer(request);
    if (reply === null) return;
    response.writeHead(reply.status, {
      'content-type': 'application/vnd.elasticsearch+json;compatible-with=9',
      'x-elastic-product': reply.product ?? 'Elasticsearch',
    });
    response.end(JSON.stringify(reply.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  scripted.url = `http://127.0.0.1:${address.port}`;
  return scripted;
}

async function bodyOf(message: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of message) parts.push(part);
  return Buffer.concat(parts).toString();
}
