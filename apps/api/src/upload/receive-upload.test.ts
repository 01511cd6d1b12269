import { once } from 'node:events';
import { connect } from 'node:net';
import { createOrigin, type Origin } from '@pilotlight/origin';
import { createLogger } from '@pilotlight/runtime';
import { createDatabase } from '@pilotlight/stack';
import { testServices } from '@pilotlight/stack/vitest';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemHandler } from '../http/problem-handler.ts';
import { type Listening, listen } from '../listen.ts';
import { receiveUpload } from './receive-upload.ts';

let origin: Origin;
let listening: Listening;
let database: { url: string; drop(): Promise<void> };

beforeAll(async () => {
  database = await createDatabase(testServices().DATABASE_URL);
  origin = createOrigin({ databaseUrl: database.url, uploadsAtATime: 1, onError: () => undefined });
  await origin.migrate();
  const app = express();
  app.post('/', async (request, response) => {
    await receiveUpload(request, response, { uploads: origin.uploads, maxBytes: 1_000_000, idleMs: 200 });
    response.status(202).end();
  });
  app.use(problemHandler(createLogger({ level: 'silent', forPeople: false, name: 'api' })));
  listening = await listen(app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await listening.close(1_000);
  await origin.close();
  await database.drop();
});

test('a client that stops sending is told so, its connection ends, and its place is free again', async () => {
  const { hostname, port } = new URL(listening.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nthe first half',
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 408 .*UPLOAD_STALLED/s);
  await once(socket, 'close');

  const body = new FormData();
  body.set('file', new File(['x'], 'a.log'));
  expect((await fetch(listening.url, { method: 'POST', body })).status).toBe(202);
});
