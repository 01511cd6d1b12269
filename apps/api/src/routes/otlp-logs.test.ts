import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

let api: TestApi;
beforeAll(async () => {
  const streamLimits = { rollMs: 0, steadyRollMs: 0, rollBytes: 8_388_608, maxAgeMs: 60_000 };
  api = await startTestApi({ uploadMaxBytes: 100_000, apiTokens: ['a-token-of-this-test'], streamLimits });
});
afterAll(() => api.stop());

const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const resource = (service: string) => ({
  attributes: [{ key: 'service.name', value: { stringValue: service } }],
});
const batch = (service: string, ...logRecords: unknown[]) =>
  JSON.stringify({
    resourceLogs: [{ resource: resource(service), scopeLogs: [{ scope: { name: 's' }, logRecords }] }],
  });

function send(body: string | Buffer<ArrayBuffer>, headers: Record<string, string> = JSON_TYPE): Promise<Response> {
  const authorization = 'Bearer a-token-of-this-test';
  return api.fetch('/v1/logs', { method: 'POST', body, headers: { authorization, ...headers } });
}

/** Rolls the open files, and returns the lines of the newest file of a stream. */
async function linesOf(stream: string): Promise<unknown[]> {
  const { streams, files } = api.api.deps.origin;
  await expect.poll(() => streams.roll(), { timeout: 30_000 }).toBeGreaterThan(0);
  const [file] = (await files.list({ limit: 1, name: `${stream}-` })).files;
  const chunks: Buffer[] = [];
  for await (const chunk of (await files.content(file?.id ?? ''))?.chunks ?? []) chunks.push(chunk);
  const lines = Buffer.concat(chunks).toString().trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const lineOf = (service: string, record: unknown) => ({
  resourceLogs: [{ resource: resource(service), scopeLogs: [{ scope: { name: 's' }, logRecords: [record] }] }],
});

test('each log record is a line with its resource and scope, in the stream of the service', async () => {
  const first = { timeUnixNano: '1772359200123456789', severityNumber: 9, body: { stringValue: 'opened' } };
  const second = { severityNumber: 17, body: { stringValue: 'line\nbreak' } };
  const response = await send(batch('my shop/1', first, second));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/json');
  expect(await response.json()).toEqual({});
  expect(await linesOf('my_shop_1')).toEqual([lineOf('my shop/1', first), lineOf('my shop/1', second)]);
});

test('a time that came as a number keeps its nanoseconds', async () => {
  const body = batch('numbers', { timeUnixNano: 'N' }).replace('"N"', '1772359200123456789');
  expect((await send(Buffer.from(gzipSync(body)), { ...JSON_TYPE, 'content-encoding': 'gzip' })).status).toBe(200);
  expect(await linesOf('numbers')).toEqual([lineOf('numbers', { timeUnixNano: '1772359200123456789' })]);
});

test('a batch without records is a success', async () => {
  expect(await (await send('{}')).json()).toEqual({});
  const empty = await send(Buffer.alloc(0), PROTOBUF);
  expect([empty.status, empty.headers.get('content-type')]).toEqual([200, 'application/x-protobuf']);
  expect((await empty.arrayBuffer()).byteLength).toBe(0);
});

test('a repeated batch is a success while new ones are refused', async () => {
  const key = { ...JSON_TYPE, 'idempotency-key': 'k' };
  const body = batch('repeated', { body: { stringValue: 'once' } });
  expect((await send(body, key)).status).toBe(200);
  const problem = { where: 'disk', reason: 'the disk is full' } as const;
  const full = vi.spyOn(api.api.deps.origin.storage, 'problem').mockResolvedValue(problem);
  onTestFinished(() => full.mockRestore());
  expect((await send(body, key)).status).toBe(200);
  expect((await send(body)).status).toBe(503);
  full.mockRestore();
  expect(await linesOf('repeated')).toHaveLength(1);
});

test('records that are not objects are counted as rejected, and the others stored', async () => {
  expect(await (await send(batch('partial', 'text', { body: { stringValue: 'kept' } }))).json()).toEqual({
    partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringMatching(/not stored/) },
  });
  expect(await linesOf('partial')).toHaveLength(1);
  const { dropped } = api.api.deps.lineCounts.points();
  expect(dropped).toContainEqual({ labels: { source: 'otlp', reason: 'invalid' }, value: 1 });
});

test('with sixteen batches in progress a further one gets 503 with Retry-After, until one ends', async () => {
  const head =
    'POST /v1/logs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-token-of-this-test\r\n' +
    'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{';
  const sockets = await Promise.all(Array.from({ length: 16 }, () => api.raw(head)));
  await expect.poll(async () => (await send('{}')).status, { timeout: 30_000 }).toBe(503);
  const refused = await send('{}');
  expect(await refused.json()).toEqual({ code: 14, message: expect.stringMatching(/^ORIGIN_BUSY: /) });
  expect(refused.headers.get('retry-after')).toBe('1');
  for (const socket of sockets) socket.destroy();
  await expect.poll(async () => (await send('{}')).status, { timeout: 30_000 }).toBe(200);
});

describe('an error is a google.rpc.Status in the encoding of the request', () => {
  test.for([
    ['broken JSON', 400, '{', JSON_TYPE, { code: 3, message: expect.stringMatching(/^MALFORMED_BODY: /) }],
    ['another shape', 400, '{"resourceLogs":1}', JSON_TYPE, { code: 3, message: expect.any(String) }],
    ['too many bytes', 413, batch('x', 'y'.repeat(100_000)), JSON_TYPE, { code: 3, message: expect.any(String) }],
    ['no token', 401, '{}', { ...JSON_TYPE, authorization: 'Bearer x' }, { code: 16, message: expect.any(String) }],
  ] as const)('%s', async ([, status, body, headers, expected]) => {
    const response = await send(body, headers);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(expected);
  });

  test.for(['/v1/logs/', '/V1/Logs'])('at %s', async (path) => {
    const headers = { authorization: 'Bearer a-token-of-this-test', ...JSON_TYPE };
    const response = await api.fetch(path, { method: 'POST', body: '{', headers });
    expect(await response.json()).toMatchObject({ code: 3 });
  });

  test('broken protobuf', async () => {
    const response = await send('\u0009', PROTOBUF);
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'application/x-protobuf']);
    const status = Buffer.from(await response.arrayBuffer());
    expect([status[0], status[1], status[2]]).toEqual([8, 3, 0x12]);
    expect(status.toString('latin1')).toContain('MALFORMED_BODY: ');
  });
});
