import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { AnsweredRequest } from './http/answered.ts';
import { readsAtOwnPace } from './http/open-requests.ts';
import { type Listening, type ListenOptions, listen } from './listen.ts';

const PATIENCE_MS = 60_000;
const listening: Listening[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(listening.splice(0).map((one) => one.close(0)));
});

async function start(listener: RequestListener, options: Partial<ListenOptions> = {}) {
  const one = await listen(listener, { host: '127.0.0.1', port: 0, ...options });
  listening.push(one);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  agents.push(agent);
  const ask = async () => {
    const request = get(one.url, { agent });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    const text = (await answer.toArray()).join('');
    return { status: answer.statusCode, connection: answer.headers.connection, text, isReused: request.reusedSocket };
  };
  return { ...one, ask };
}

describe('given a server that closes', () => {
  test('a request on an idle connection is answered with Connection: close, and then the server closes', async () => {
    const server = await start((_, response) => response.end('ok'));
    expect(await server.ask()).toMatchObject({ connection: 'keep-alive' });
    const closed = server.close(PATIENCE_MS);
    expect(await server.ask()).toEqual({ status: 200, connection: 'close', text: 'ok', isReused: true });
    await closed;
  });

  test('an open request is answered with Connection: close', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const server = await start(async (_, response) => {
      begin();
      await released;
      response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok');
    });
    const answer = server.ask();
    await begun;
    const closed = server.close(PATIENCE_MS);
    release();
    expect(await answer).toMatchObject({ status: 200, connection: 'close', text: 'ok' });
    await closed;
  });

  test('a connection that stays idle is closed, long before the limit', async () => {
    const server = await start((_, response) => response.end('ok'));
    await server.ask();
    await expect(server.close(PATIENCE_MS)).resolves.toBeUndefined();
  });

  test('no new connection is accepted', async () => {
    const server = await start((_, response) => response.end('ok'));
    await server.ask();
    const closed = server.close(PATIENCE_MS);
    await expect(once(get(server.url, { agent: false }), 'response')).rejects.toThrow('ECONNREFUSED');
    await closed;
  });

  test('a request that exceeds the limit is answered with 503, and a later answer of the route is ignored', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const server = await start(() => begin());
    const answer = server.ask();
    await begun;
    await server.close(0);
    const { status, connection, text } = await answer;
    expect({ status, connection }).toEqual({ status: 503, connection: 'close' });
    expect(JSON.parse(text)).toMatchObject({
      code: 'SHUTTING_DOWN',
      detail: expect.stringMatching(/may have taken effect/),
    });
  });

  test('a request whose body a listener before the others still reads is answered with 503', async () => {
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const reading = () => (request: IncomingMessage) => {
      request.resume();
      begin();
    };
    const server = await listen((_, response) => response.end('ok'), { host: '127.0.0.1', port: 0, before: reading });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
    await begun;
    await server.close(0);
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(/^HTTP\/1.1 503 /);
  });

  test('a route that reads the body of a refused request gets an error', async () => {
    const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
    const server = await start((request) => {
      request.resume().on('error', fail);
      begin();
    });
    const answer = exchange(server.url, `${POST}Content-Length: 9\r\n\r\nhalf`);
    await begun;
    await server.close(0);
    expect(await answer).toEqual({ status: 503, code: 'SHUTTING_DOWN' });
    await expect(failed).resolves.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});

/** Sends bytes, and keeps the connection open. Resolves with the whole answer once the server has closed the connection. */
async function exchange(url: string, bytes: string): Promise<{ status: number; code: string | null }> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(bytes);
  const text = Buffer.concat(await socket.toArray()).toString();
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const isProblem = head.includes('Content-Type: application/problem+json');
  return { status: Number(head.split(' ')[1]), code: isProblem ? JSON.parse(body).code : null };
}

const AT_ONCE = { headersMs: 200, bodyMs: 200, requestMs: 60_000, checkEveryMs: 20 };
const POST = 'POST /api/x HTTP/1.1\r\nHost: x\r\n';

describe('given bytes that are not a request, the answer is a problem document, which is reported', () => {
  const rows: [string, string, number, string][] = [
    ['an unknown protocol', 'hello\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    ['two different lengths', `${POST}Content-Length: 1\r\nContent-Length: 2\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['a length and chunks', `${POST}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`, 400, 'MALFORMED_REQUEST'],
    ['a chunk without a size', `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`, 400, 'MALFORMED_REQUEST'],
    ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
    ['half of the headers', 'GET / HTTP/1.1\r\nHo', 408, 'REQUEST_TIMEOUT'],
    ['half of a body', `${POST}Content-Length: 9\r\n\r\nhalf`, 408, 'REQUEST_TIMEOUT'],
    ['a connection for a tunnel', 'CONNECT db:5432 HTTP/1.1\r\nHost: x\r\n\r\n', 400, 'MALFORMED_REQUEST'],
  ];
  test.for(rows)('%s', async ([, bytes, status, code]) => {
    const reported: AnsweredRequest[] = [];
    const onAnswered = (answered: AnsweredRequest) => void reported.push(answered);
    const server = await start((request) => void request.resume(), { onAnswered, limits: AT_ONCE });
    expect(await exchange(server.url, bytes)).toEqual({ status, code });
    await expect.poll(() => reported).toMatchObject([{ status, route: null, way: 'server' }]);
  });
});

describe('given a body that stalls', () => {
  test('after an answer its connection closes', async () => {
    const server = await start((_, response) => response.end('early'), { limits: AT_ONCE });
    expect(await exchange(server.url, `${POST}Content-Length: 1000000\r\n\r\nhalf`)).toEqual({
      status: 200,
      code: null,
    });
  });

  test('after the headers of an answer its connection closes', async () => {
    const server = await start((_, response) => void response.write('begun'), { limits: AT_ONCE });
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(`${POST}Content-Length: 1000000\r\n\r\nhalf`);
    await expect(socket.toArray()).resolves.not.toHaveLength(0);
  });

  test('a route that reads it gets an error after the answer', async () => {
    const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();
    const server = await start((request) => void request.resume().on('error', fail), { limits: AT_ONCE });
    expect(await exchange(server.url, `${POST}Content-Length: 9\r\n\r\nhalf`)).toMatchObject({ status: 408 });
    await expect(failed).resolves.toMatchObject({ code: 'REQUEST_TIMEOUT' });
  });

  test('a route that limits the pace itself keeps the connection', async () => {
    let since = 0;
    const server = await start(
      (request, response) => {
        if (request.url === '/own') readsAtOwnPace(request);
        else since += 1;
        request.resume().on('end', () => response.end('read'));
      },
      { limits: AT_ONCE },
    );
    const own = connect(Number(new URL(server.url).port), '127.0.0.1');
    own.write('POST /own HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\nhalf');
    // Another request, sent later, reaches its limit first.
    expect(await exchange(server.url, `${POST}Content-Length: 9\r\n\r\nhalf`)).toMatchObject({ status: 408 });
    expect(since).toBe(1);
    own.write('half');
    expect(Buffer.concat(await own.toArray()).toString()).toMatch(/^HTTP\/1.1 200 /);
  });
});

test.each(['a route', 'the listener before the routes'])(
  'given an error behind a request that %s answers later, it is answered, and the connection closes',
  async (place) => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    const later: RequestListener = async (_, response) => {
      await released;
      response.end('first');
    };
    const server = await start(later, place === 'a route' ? {} : { before: () => later });
    const answer = exchange(server.url, 'GET / HTTP/1.1\r\nHost: x\r\n\r\nnot a request\r\n\r\n');
    release();
    expect(await answer).toEqual({ status: 200, code: null });
  },
);

test('given a HOST that does not resolve, the error names it and the expected form', async () => {
  await expect(listen(() => undefined, { host: 'no-such-host.invalid', port: 0 })).rejects.toThrow(
    /^HOST: expected an address of this machine or a name that resolves to one, got HOST=no-such-host\.invalid/,
  );
});

test('given a HOST that is the address of another machine, the error names the expected form', async () => {
  await expect(listen(() => undefined, { host: '192.0.2.1', port: 0 })).rejects.toThrow(
    /^HOST: expected an address that this machine has/,
  );
});
