import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { EventStream, type EventStreamOptions } from './event-stream.ts';

/** Opens a stream to a client that has read nothing yet. */
async function openStream(options: EventStreamOptions) {
  const server = createServer();
  const requested = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1');
  client.pause();
  client.on('error', () => undefined); // the server may destroy the connection
  // HTTP/1.0: the body is sent without chunks.
  client.write('GET / HTTP/1.0\r\n\r\n');
  const [, response] = await requested;
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { stream: new EventStream(response, options), response, client };
}

/** Sends events until the client's buffers are full. Returns their number. */
function fill(stream: EventStream): number {
  let sent = 0;
  for (; stream.isWritable && sent < 10_000; sent++)
    stream.send({ id: String(sent), event: 'line', data: { text: 'x'.repeat(10_000) } });
  return sent;
}

/** Collects what the client reads from now on. */
function readAll(client: Socket): { text: () => string; whole: Promise<string> } {
  const chunks: Buffer[] = [];
  client.on('data', (chunk: Buffer) => chunks.push(chunk));
  client.resume();
  const text = () => Buffer.concat(chunks).toString();
  return { text, whole: once(client, 'close').then(text) };
}

test('a client that reads nothing is disconnected, with one event beyond the buffers in memory', async () => {
  const { stream, response } = await openStream({ stalledMs: 50 });
  while (stream.isWritable) {
    fill(stream);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(response.writableLength).toBeLessThan(response.writableHighWaterMark + 20_000);
  await expect.poll(() => stream.closed.aborted).toBe(true);
  expect(response.destroyed).toBe(true);
  expect(stream.isWritable).toBe(false);
});

test('a client that loses its right is disconnected, and gets no later event', async () => {
  let isAllowed = true;
  const { stream, client } = await openStream({ accessCheckMs: 5, mayContinue: () => isAllowed });
  const { text, whole } = readAll(client);
  stream.send({ id: '1', event: 'line', data: { n: 1 } });
  await expect.poll(text).toContain('id: 1');
  isAllowed = false;
  await expect.poll(() => stream.closed.aborted).toBe(true);
  stream.send({ id: '2', event: 'line', data: { n: 2 } });
  expect(await whole).toMatch(/id: 1\n.*: the token is no longer valid\n\n$/s);
});

test('control: a client that reads, however late in that time, stays connected and gets every event', async () => {
  const { stream, client } = await openStream({ stalledMs: 60_000 });
  const sent = fill(stream);
  expect(stream.isWritable).toBe(false);
  const { whole } = readAll(client);
  await expect.poll(() => stream.isWritable).toBe(true);
  stream.end('enough');
  expect((await whole).match(/^id: \d+$/gm)).toHaveLength(sent);
});

test('an idle stream sends comments, and no event', async () => {
  const { stream, client } = await openStream({ heartbeatMs: 5 });
  const { text, whole } = readAll(client);
  await expect.poll(text).toMatch(/(: keep-alive\n\n){3}/);
  stream.end('enough');
  const lines = (await whole).split('\n').filter((line) => line.startsWith(':') || line.startsWith('event:'));
  expect(new Set(lines)).toEqual(new Set([': keep-alive', ': enough']));
});

test('no line break in the data ends its event', async () => {
  const { stream, client } = await openStream({});
  const { whole } = readAll(client);
  const data = { text: 'a\r\nb\n\nid: 2\u2028\0' };
  stream.send({ id: '1', event: 'line', data });
  stream.end('enough');
  const [, json = ''] = /id: 1\nevent: line\ndata: ([^\n]*)\n\n: enough\n\n$/.exec(await whole) ?? [];
  expect(JSON.parse(json)).toEqual(data);
});
