import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { FaultProxy } from './fault-proxy.ts';

/** A server that echoes every byte, behind a proxy. */
async function echoBehindProxy() {
  const accepted = new Set<Socket>();
  const server = createServer((socket) => {
    accepted.add(socket);
    socket.on('error', () => undefined).on('close', () => accepted.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error(`expected a TCP address, got ${address}`);
  const proxy = await FaultProxy.to(`tcp://localhost:${address.port}`);
  onTestFinished(async () => {
    await proxy.close();
    for (const socket of accepted) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { proxy, accepted };
}

/** A client of the proxy, with what it received so far and how its connection ended. */
function clientOf(proxy: FaultProxy) {
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  const pieces: Buffer[] = [];
  const errors: string[] = [];
  socket.on('data', (bytes: Buffer) => pieces.push(bytes));
  socket.on('error', (error: NodeJS.ErrnoException) => errors.push(error.code ?? error.message));
  onTestFinished(() => void socket.destroy());
  return { socket, errors, received: () => Buffer.concat(pieces) };
}

const soon = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 2 });

test('given an open proxy, bytes arrive unchanged and in order', async () => {
  const { proxy } = await echoBehindProxy();
  const client = clientOf(proxy);
  const sent = Buffer.alloc(3_000_000, 'abcdefg');
  client.socket.write(sent);
  await soon(() => expect(client.received().equals(sent)).toBe(true));
  expect(proxy.connections).toBe(1);
});

test('a blackhole holds bytes and delivers them once it opens', async () => {
  const { proxy, accepted } = await echoBehindProxy();
  const client = clientOf(proxy);
  client.socket.write('before');
  await soon(() => expect(client.received().toString()).toBe('before'));
  proxy.forward({ kind: 'blackhole' });
  client.socket.write(' after');
  const [server] = accepted;
  server?.write(' from the server'); // it arrives at the proxy beside the client's bytes
  await soon(() => expect(client.socket.bytesWritten).toBe(12));
  expect(client.received().toString()).toBe('before');
  proxy.forward({ kind: 'open' });
  await soon(() => expect(client.received().toString()).toBe('before from the server after'));
});

test.each([
  { kind: 'latency', ms: 5 },
  { kind: 'paced', pauseMs: 1 },
  { kind: 'sliced', bytes: 7 },
] as const)('with $kind, bytes arrive complete and in order', async (forwarding) => {
  const { proxy } = await echoBehindProxy();
  proxy.forward(forwarding);
  const client = clientOf(proxy);
  const sent = Buffer.alloc(2_000, '0123456789');
  client.socket.write(sent);
  await soon(() => expect(client.received().equals(sent)).toBe(true));
});

test('reset ends the connection with ECONNRESET, and a new one works', async () => {
  const { proxy } = await echoBehindProxy();
  const client = clientOf(proxy);
  client.socket.write('x');
  await soon(() => expect(client.received().toString()).toBe('x'));
  proxy.reset();
  await soon(() => expect(client.errors).toEqual(['ECONNRESET']));
  const next = clientOf(proxy);
  next.socket.write('y');
  await soon(() => expect(next.received().toString()).toBe('y'));
});

test('a half-open connection stays open for the client and delivers nothing', async () => {
  const { proxy, accepted } = await echoBehindProxy();
  const [cut, other] = [clientOf(proxy), clientOf(proxy)];
  cut.socket.write('purpose one');
  other.socket.write('purpose two');
  await soon(() => expect([cut.received().length, other.received().length]).toEqual([11, 11]));
  expect(proxy.halfOpen('one')).toBe(1);
  await soon(() => expect(accepted.size).toBe(1));
  cut.socket.write('lost');
  other.socket.write(' more');
  await soon(() => expect(other.received().toString()).toBe('purpose two more'));
  expect([cut.received().toString(), cut.socket.destroyed, cut.errors]).toEqual(['purpose one', false, []]);
});

test('a proxy that refuses accepts again on the same port', async () => {
  const { proxy } = await echoBehindProxy();
  const { url } = proxy;
  await proxy.refuse();
  const refused = clientOf(proxy);
  await soon(() => expect(refused.errors).toEqual(['ECONNREFUSED']));
  await proxy.accept();
  expect(proxy.url).toBe(url);
  const client = clientOf(proxy);
  client.socket.write('x');
  await soon(() => expect(client.received().toString()).toBe('x'));
});
