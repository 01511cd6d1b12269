import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Listening, listen } from './listen.ts';

const PATIENCE_MS = 60_000;
const listening: Listening[] = [];
const agents: Agent[] = [];
afterEach(async () => {
  for (const agent of agents.splice(0)) agent.destroy();
  await Promise.all(listening.splice(0).map((one) => one.close(0)));
});

async function start(listener: RequestListener) {
  const one = await listen(listener, { host: '127.0.0.1', port: 0 });
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
});

describe('given bytes that are not a request', () => {
  const rows: [string, string, number, string][] = [
    ['an unknown protocol', 'hello\r\n\r\n', 400, 'MALFORMED_REQUEST'],
    [
      'two different lengths',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
      400,
      'MALFORMED_REQUEST',
    ],
    ['too many headers', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'HEADERS_TOO_LARGE'],
  ];
  test.for(rows)('%s is answered with a problem document', async ([, bytes, status, code]) => {
    const server = await start((_, response) => response.end('ok'));
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').end(bytes);
    const answer = Buffer.concat(await socket.toArray()).toString();
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code });
  });
});

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
