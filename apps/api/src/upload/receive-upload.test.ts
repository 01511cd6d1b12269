import { once } from 'node:events';
import { connect } from 'node:net';
import { createOrigin, type Origin } from '@pilotlight/origin';
import { createLogger } from '@pilotlight/runtime';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemHandler } from '../http/problem.ts';
import { type Listening, listen } from '../listen.ts';
import { receiveUpload } from './receive-upload.ts';

/** A window of 200 ms. A client that sends a byte occasionally is too slow, although not silent. */
const PACE = { lookMs: 10, windowLooks: 20, minBytes: 5_000 };

let origin: Origin;
let listening: Listening;
let database: { url: string; drop(): Promise<void> };

beforeAll(async () => {
  database = await migratedDatabase();
  origin = createOrigin({ databaseUrl: database.url, uploadsAtATime: 1, onError: () => undefined });
  const app = express();
  app.post('/', async (request, response) => {
    await receiveUpload(request, response, { uploads: origin.uploads, maxBytes: 1_000_000, pace: PACE });
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

test.for([
  ['stops sending', 0],
  ['sends a byte now and then', 1],
] as const)('a client that %s gets 408, its connection ends, and its place is free again', async ([, bytes]) => {
  const { hostname, port } = new URL(listening.url);
  const socket = connect(Number(port), hostname);
  const trickle = setInterval(() => socket.write('x'.repeat(bytes)), 20);
  socket.on('close', () => clearInterval(trickle));
  socket.on('error', () => undefined); // it may be closed while a byte is in transit
  socket.write(
    'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 9999\r\n\r\n' +
      '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nthe first half',
  );
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(
    /^HTTP\/1\.1 408 .*application\/problem\+json.*UPLOAD_STALLED.*at least 5000 bytes of the upload in any 0.2 s/s,
  );
  await once(socket, 'close');

  // Takes the only slot.
  await (await origin.uploads.begin('next.log')).abort();
});
