import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { NotFound } from '../errors.ts';
import { reportAnswered } from './answered.ts';
import { problemHandler } from './problem.ts';
import { assignRequestId } from './request-id.ts';
import { requestLog } from './request-log.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/;

/** Starts an app whose routes send their answers in all the ways that the api's routes do. */
async function listening(level = 'debug') {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level, base: null }, { write: (line: string) => lines.push(JSON.parse(line)) });
  const app: Express = express();
  app.use(assignRequestId, reportAnswered(requestLog(logger)));
  app.get('/head', (_request, response) => void response.writeHead(200, { Age: '1' }).end('{}'));
  app.get('/implicit', (_request, response) => void response.json({}));
  app.get('/not-modified', (_request, response) => void response.writeHead(304).end());
  app.get('/never', (_request, response) => void response.write('begun'));
  app.use(
    '/mounted',
    express.Router().get('/inner', (_request, response) => void response.status(204).end()),
  );
  app.get('/bug', () => {
    throw new Error('a bug');
  });
  app.use(() => {
    throw new NotFound('there is nothing here');
  });
  app.use(problemHandler(logger));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, lines };
}

test.for(['0f8fad5b-d9cb-469f-a165-70867728950e', 'Root=1-67891233-abcdef012345678912345678', 'a'.repeat(128)])(
  'given the request id %s, the response repeats it and the log line names it',
  async (id) => {
    const { url, lines } = await listening();
    const response = await fetch(`${url}/head`, { headers: { 'X-Request-Id': id } });
    await response.text();
    expect(response.headers.get('x-request-id')).toBe(id);
    await expect.poll(() => lines).toEqual([expect.objectContaining({ request_id: id })]);
  },
);

test.for([
  ['no id', undefined],
  ['an empty id', ''],
  ['an id of 129 characters', 'a'.repeat(129)],
  ['an id with a space', 'a b'],
  ['an id with quotes', '"a"'],
  ['an id outside ASCII', 'é'],
  ['two ids', 'a, b'],
])('given %s, the response has a new UUID', async ([, id]) => {
  const { url } = await listening();
  const ask = () => fetch(`${url}/head`, { headers: id === undefined ? {} : { 'X-Request-Id': id } });
  const ids = (await Promise.all([ask(), ask()])).map(({ headers }) => headers.get('x-request-id'));
  expect(ids).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID)]);
  expect(ids[0]).not.toBe(ids[1]);
});

test.for([
  ['/head', 200],
  ['/implicit', 200],
  ['/not-modified', 304],
  ['/mounted/inner', 204],
  ['/missing', 404],
  ['/bug', 500],
] as const)(
  'the answer of %s carries the id and is logged with its whole path and status %i',
  async ([path, status]) => {
    const { url, lines } = await listening();
    const response = await fetch(`${url}${path}?q=secret`, {
      headers: { 'X-Request-Id': 'my-id', Authorization: 'Bearer secret' },
    });
    await response.text();
    expect([response.status, response.headers.get('x-request-id')]).toEqual([status, 'my-id']);
    const requests = () => lines.filter((line) => 'duration_ms' in line);
    await expect.poll(requests).toHaveLength(1);
    expect(requests()[0]).toMatchObject({ request_id: 'my-id', level: 20, method: 'GET', path, status });
    expect(requests()[0]?.['msg']).toMatch(new RegExp(`^GET ${path} ${status} \\d+ ms$`));
    expect(JSON.stringify(lines)).not.toContain('secret');
  },
);

test('the log line of a bug names the request', async () => {
  const { url, lines } = await listening('info');
  await (await fetch(`${url}/bug`, { headers: { 'X-Request-Id': 'my-id' } })).text();
  await expect
    .poll(() => lines)
    .toEqual([expect.objectContaining({ level: 50, request_id: 'my-id', msg: 'GET /bug' })]);
});

test('an answer that the connection cuts off is logged as such', async () => {
  const { url, lines } = await listening();
  const leaving = new AbortController();
  await fetch(`${url}/never`, { signal: leaving.signal });
  leaving.abort();
  await expect.poll(() => lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/^GET \/never cut off \d+ ms$/)]);
});

test('requests are not logged at level info', async () => {
  const { url, lines } = await listening('info');
  await (await fetch(`${url}/head`)).text();
  await (await fetch(`${url}/implicit`)).text();
  expect(lines).toEqual([]);
});
