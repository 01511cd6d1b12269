import { searchBodySchema } from '@pilotlight/contracts';
import { FaultProxy } from '@pilotlight/stack/testing';
import { expect, onTestFinished, test } from 'vitest';
import { createOrigin } from '../create-origin.ts';
import { OriginUnavailable } from '../errors.ts';
import type { Origin } from '../origin.ts';
import { openOrigin, until, uploadText } from '../testing/open-origin.ts';
import { asOriginError } from './unavailable.ts';

async function proxyTo(databaseUrl: string): Promise<FaultProxy> {
  const proxy = await FaultProxy.to(databaseUrl);
  onTestFinished(() => proxy.close());
  return proxy;
}

/** Opens an origin whose database can be made unavailable. */
async function behindProxy(): Promise<{ origin: Origin; proxy: FaultProxy; errors: unknown[] }> {
  const { databaseUrl } = await openOrigin();
  const proxy = await proxyTo(databaseUrl);
  const errors: unknown[] = [];
  const origin = createOrigin({ databaseUrl: proxy.url, readTimeoutMs: 1_000, onError: (error) => errors.push(error) });
  onTestFinished(() => origin.close());
  return { origin, proxy, errors };
}

const calls: [string, (origin: Origin) => Promise<unknown>][] = [
  ['ping', (origin) => origin.ping()],
  ['search', (origin) => origin.logs.search(searchBodySchema.parse({}))],
  ['stats', (origin) => origin.logs.stats({})],
  ['files.list', (origin) => origin.files.list({ limit: 1 })],
  ['files.get', (origin) => origin.files.get('01890a5d-ac96-774b-bcce-b302099a8057')],
  ['files.delete', (origin) => origin.files.delete('01890a5d-ac96-774b-bcce-b302099a8057')],
  ['uploads.commit', (origin) => uploadText(origin, 'x')],
  ['ingest', (origin) => origin.ingest('01890a5d-ac96-774b-bcce-b302099a8057')],
  ['outbox.relay', (origin) => origin.outbox.relay({ limit: 1, retryAfterMs: 1 }, async () => undefined)],
  ['migrate', (origin) => origin.migrate()],
];

test.for(calls)('%s is OriginUnavailable with its cause when nothing listens', async ([, call]) => {
  const { origin, proxy } = await behindProxy();
  await proxy.refuse();
  const error = await call(origin).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(OriginUnavailable);
  expect(error).toMatchObject({ code: 'ORIGIN_UNAVAILABLE', cause: expect.any(Error) });
});

test('connections cut while idle are reported and replaced, and no call fails', async () => {
  const { origin, proxy, errors } = await behindProxy();
  await uploadText(origin, 'x');
  await origin.files.list({ limit: 1 });
  proxy.reset();
  // One connection uploaded, the other read.
  await until(() => errors.length === 2);
  expect((await origin.files.list({ limit: 1 })).stats.total_files).toBe(1);
});

test('with a frozen server, a ping and a read end as OriginUnavailable, and work after it thaws', async () => {
  const { origin, proxy } = await behindProxy();
  await origin.files.list({ limit: 1 });
  proxy.forward({ kind: 'blackhole' });
  const frozen = await Promise.allSettled([origin.ping(), origin.files.list({ limit: 1 }), uploadText(origin, 'x')]);
  for (const each of frozen) expect(each).toMatchObject({ status: 'rejected', reason: expect.any(OriginUnavailable) });
  proxy.forward({ kind: 'open' });
  expect((await origin.files.list({ limit: 1 })).files).toEqual([]);
  await origin.ping();
});

test('a connection cut during an ingest is OriginUnavailable, and the next ingest completes', async () => {
  const { origin, proxy } = await behindProxy();
  const { file } = await uploadText(origin, 'a line\n'.repeat(30_000));
  const ingest = origin.ingest(file.id, { onProgress: ({ lines }) => lines >= 20_000 && proxy.reset() });
  await expect(ingest).rejects.toThrow(OriginUnavailable);
  expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 30_000 });
  expect((await origin.logs.stats({})).total_logs).toBe(30_000);
});

test('a statement that exceeds its time limit is OriginUnavailable', async () => {
  const { query } = await openOrigin();
  const error = await query(`SET statement_timeout = 1; SELECT pg_sleep(10)`).catch((reason: unknown) => reason);
  expect(asOriginError(error)).toBeInstanceOf(OriginUnavailable);
});

test('an error in a statement is passed on unchanged', async () => {
  const { query } = await openOrigin();
  for (const statement of ['SELECT nothing FROM nowhere', 'SELEC', 'SELECT 1/0', `SELECT 'x'::int`]) {
    const error = await query(statement).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(asOriginError(error)).toBe(error);
  }
});

test('close does not wait for a frozen server', async () => {
  const { origin, proxy } = await behindProxy();
  await origin.files.list({ limit: 1 });
  proxy.forward({ kind: 'blackhole' });
  // Waiting for the server would take until this test's own limit.
  await expect(origin.close()).resolves.toBeUndefined();
});

/** Longer than a test may take, so a test that waits for the statement's time limit fails. */
const STATEMENT_MS = 600_000;

test('a silently dead connection is detected when it is used again, before a statement times out', async () => {
  const { databaseUrl } = await openOrigin();
  const proxy = await proxyTo(databaseUrl);
  const origin = createOrigin({ databaseUrl: proxy.url, readTimeoutMs: STATEMENT_MS, onError: () => undefined });
  onTestFinished(() => origin.close());
  await origin.files.list({ limit: 1 });
  proxy.forward({ kind: 'blackhole' });
  await expect(origin.files.list({ limit: 1 })).rejects.toBeInstanceOf(OriginUnavailable);
});

test.for([
  [
    '08P01',
    'unsupported startup parameter: statement_timeout',
    /PgBouncer: set "ignore_startup_parameters = statement_t/,
  ],
  ['28P01', 'password authentication failed for user "x"', /check the user and password in DATABASE_URL/],
  ['3D000', 'database "x" does not exist', /correct the name in DATABASE_URL/],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND db', /check the host in DATABASE_URL/],
] as const)('given %s, the error names the remedy', ([code, message, remedy]) => {
  const error = asOriginError(Object.assign(new Error(message), { code }));
  expect(error).toBeInstanceOf(OriginUnavailable);
  expect((error as Error).message).toMatch(remedy);
});
