import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type IncomingMessage, request as send } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SeededRandom } from '@pilotlight/cache-core/testing';
import { digestOf } from '@pilotlight/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AnsweredWays } from '../testing/answered-ways.ts';
import { ADMIN_TOKEN, startTestApi, type TestApi } from '../testing/test-api.ts';

const READ_TOKEN = 'pl_token-of-a-reader-of-the-fast-path';
const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
const tokensFile = join(directory, 'tokens');
const ways = new AnsweredWays();
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let api: TestApi;
let fileId: string;

beforeAll(async () => {
  writeFileSync(tokensFile, `read read sha256:${digestOf(READ_TOKEN).toString('hex')}\n`);
  api = await startTestApi({ tokensFile }, { logger: ways.logger });
  const text = Array.from({ length: 200 }, (_, n) => `2026-03-01 10:00:00 ${LEVELS[n % 2]} pay: line ${n}\n`).join('');
  const uploaded = await api.upload(text, 'app.log', AS.admin);
  ({ id: fileId } = ((await uploaded.json()) as { file: { id: string } }).file);
  await api.ingest(fileId);
});
afterAll(async () => {
  agent.destroy();
  await api.stop();
  rmSync(directory, { recursive: true });
});

const LEVELS = ['INFO', 'ERROR'];
type Headers = Readonly<Record<string, string>>;
const AS = {
  admin: { Authorization: `Bearer ${ADMIN_TOKEN}` },
  read: { Authorization: `Bearer ${READ_TOKEN}` },
  wrong: { Authorization: 'Bearer pl_no-token-of-this-api' },
  none: {},
} as const satisfies Record<string, Headers>;

interface Target {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly path: string;
  readonly body: string | null;
}

/** Requests that have their answers in the cache. */
function targets(): Target[] {
  const paths = ['/api/stats', '/api/stats?service=pay', '/api/stats?level=ERROR', `/api/files/${fileId}`];
  const gets = paths.flatMap((path) => (['GET', 'HEAD'] as const).map((method) => ({ method, path, body: null })));
  const bodies = ['{}', '{"level":"ERROR"}', '{"service":"pay"}'];
  return [...gets, ...bodies.map((body) => ({ method: 'POST' as const, path: '/api/search', body }))];
}

let sent = 0;
/** Sends a request. `isForced` gives it a form that the fast path does not take: an empty body on GET, chunks on POST. */
async function ask({ method, path, body }: Target, headers: Headers, isForced = false) {
  const id = `request-${++sent}`;
  const length = isForced && body !== null ? null : body === null ? (isForced ? '0' : null) : String(body.length);
  const request = send(api.url + path, {
    method,
    agent,
    headers: {
      ...headers,
      'X-Request-Id': id,
      ...(body !== null && { 'Content-Type': 'application/json' }),
      ...(length === null ? body !== null && { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': length }),
    },
  });
  request.end(body ?? undefined);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  const bytes = Buffer.concat(await response.toArray()).toString('base64');
  return { id, status: response.statusCode, headers: response.headersDistinct, bytes };
}

/** Returns the way of a request once the api has logged its answer. */
async function wayOf({ id }: { readonly id: string }): Promise<string | null> {
  await expect.poll(() => ways.of(id)).not.toBeNull();
  return ways.of(id);
}

/** Returns the parts of an answer that do not depend on its moment or its request. */
function comparable({ status, headers, bytes }: Awaited<ReturnType<typeof ask>>) {
  const { date: _date, age: _age, 'x-request-id': id, 'server-timing': _timing, ...rest } = headers;
  const text = JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
  // A problem document repeats the request id.
  const body = Buffer.from(bytes, 'base64').toString('latin1').replaceAll(String(id), 'id');
  return { status, headers: text.replace(/ttl=\d+/g, 'ttl'), body };
}

const CODINGS = ['gzip', 'br', 'zstd'] as const;
const ENCODINGS = ['identity', ...CODINGS];

/** Brings each answer and its compressed forms into memory, and teaches the fast path its targets. Returns the ETags. */
async function warm(): Promise<string[]> {
  const askEach = async () => {
    const etags: (string | undefined)[] = [];
    for (const target of targets())
      for (const encoding of ENCODINGS)
        etags.push((await ask(target, { ...AS.admin, 'Accept-Encoding': encoding })).headers['etag']?.[0]);
    return etags;
  };
  // A target is loaded, then hit, then hit by a request that begins to compress it.
  for (let n = 0; n < 3; n++) await askEach();
  const variants: Promise<void>[] = [];
  api.api.deps.cache.internal.engine.memory.each((cached) => {
    for (const encoding of CODINGS) variants.push(cached.makeVariant(encoding));
  });
  await Promise.all(variants);
  return [...new Set(await askEach())].filter((etag) => etag !== undefined);
}

function generatedHeaders(random: SeededRandom, etags: readonly string[]): Headers {
  const who = random.weighted([
    ['admin', 4],
    ['read', 4],
    ['wrong', 1],
    ['none', 1],
  ]);
  return {
    ...AS[who],
    ...(random.chance(0.6) && { 'Accept-Encoding': random.oneOf([...ENCODINGS, 'gzip;q=0, br', '*']) }),
    ...(random.chance(0.4) && { 'If-None-Match': random.oneOf([...etags, '*', 'W/"x", "y"']) }),
  };
}

test('200 generated requests get the same answers by the fast path and through Express', async () => {
  const etags = await warm();
  const random = new SeededRandom(7);
  const byFast = { answers: 0, statuses: new Set<number | undefined>(), methods: new Set<string>() };
  for (let n = 0; n < 200; n++) {
    const [target, headers] = [random.oneOf(targets()), generatedHeaders(random, etags)];
    const one = await ask(target, headers);
    const other = await ask(target, headers, true);
    expect(ways.of(other.id)).not.toBe('fast');
    const request = { target, sent: headers };
    expect({ request, ...comparable(one) }).toEqual({ request, ...comparable(other) });
    if (ways.of(one.id) !== 'fast') continue;
    byFast.answers++;
    byFast.statuses.add(one.status);
    byFast.methods.add(target.method);
  }
  expect(byFast.answers).toBeGreaterThanOrEqual(100);
  expect([...byFast.statuses].sort()).toEqual([200, 304]);
  expect([...byFast.methods].sort()).toEqual(['GET', 'HEAD', 'POST']);
});

test('while the server closes, Express answers hits with Connection: close', async () => {
  const target = { method: 'GET', path: '/api/stats', body: null } as const;
  for (let n = 0; n < 3; n++) await ask(target, AS.admin);
  const open = await ask(target, AS.admin);
  expect([await wayOf(open), open.headers['connection']]).toEqual(['fast', ['keep-alive']]);
  const closed = api.api.shutdown.find(({ name }) => name === 'requests')?.run();
  const closing = await ask(target, AS.admin);
  expect([await wayOf(closing), closing.headers['connection']]).toEqual(['express', ['close']]);
  await closed;
});
