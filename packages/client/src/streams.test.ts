import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { type ClientOptions, createClient } from './create-client.ts';
import { readEvents } from './read-events.ts';
import { uploadFile } from './upload-file.ts';

/** Starts a server for one test. Returns a client of it. */
async function clientOf(listener: RequestListener, options: Omit<ClientOptions, 'url'> = {}) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return createClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: 't', ...options });
}

test('an upload sends a form, its wait and its progress', async () => {
  let body = '';
  const client = await clientOf(async (request, response) => {
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { prefer, authorization, 'content-type': type } = request.headers;
    response.writeHead(201, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: true, file: { name: `${prefer} ${authorization} ${type?.slice(0, 19)}` } }));
  });
  const content = 'a line\n'.repeat(100_000);
  const seen: number[] = [];
  const { data } = await uploadFile(client, new File([content], 'app.log'), {
    waitS: 5,
    onProgress: (sent, total) => seen.push(sent / total),
  });
  expect(data.file.name).toBe('wait=5 Bearer t multipart/form-data');
  expect(body).toContain('name="file"; filename="app.log"');
  expect(body).toContain(content);
  expect(seen.length).toBeGreaterThan(1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(1);
});

test('an upload may take longer than other requests', async () => {
  const othersTimedOut: PromiseWithResolvers<void> = Promise.withResolvers();
  const client = await clientOf(
    async (request, response) => {
      for await (const _ of request);
      if (request.url !== '/api/upload') return;
      await othersTimedOut.promise;
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"success":true}');
    },
    { timeoutMs: 50, retries: 0 },
  );
  const uploading = uploadFile(client, new File(['a line'], 'app.log'));
  for (let n = 0; n < 3; n++) await expect(client.send(new Request(client.urlOf('/x')))).rejects.toThrow('in time');
  othersTimedOut.resolve();
  expect((await uploading).data.success).toBe(true);
});

test('events are yielded until the api ends the stream', async () => {
  const client = await clientOf((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': comment\n\nevent: line\nid: 1\ndata: {"a":\n');
    response.end('data: 1}\n\nevent: end\ndata: x\n\n');
  });
  const events = [];
  for await (const event of readEvents(client, '/api/search/events?q=a', AbortSignal.timeout(10_000)))
    events.push(event);
  expect(events).toMatchObject([
    { event: 'line', id: '1', data: '{"a":\n1}' },
    { event: 'end', data: 'x' },
  ]);
});

test('an aborted stream ends its reader', async () => {
  const stop = new AbortController();
  const client = await clientOf((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write('data: first\n\n');
  });
  const read = async () => {
    for await (const { data } of readEvents(client, '/x', stop.signal)) if (data === 'first') stop.abort();
  };
  await expect(read()).rejects.toMatchObject({ name: 'AbortError' });
});
