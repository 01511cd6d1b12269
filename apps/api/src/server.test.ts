import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '@pilotlight/stack/testing';
import { testServices } from '@pilotlight/stack/vitest';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';

const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));

let database: { url: string; drop(): Promise<void> };
const children: ChildProcess[] = [];
beforeAll(async () => {
  database = await createDatabase(testServices().DATABASE_URL);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => database.drop());

/** Starts the api as a separate process and collects its output. */
function run(env: Record<string, string>) {
  const child = spawn(process.execPath, [SERVER], {
    env: {
      // biome-ignore lint/style/noProcessEnv: the variable is for Node, not for the api
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
      ...testServices(),
      DATABASE_URL: database.url,
      PORT: '0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (printed += String(bytes)));
  const seen = (pattern: RegExp) => vi.waitUntil(() => printed.match(pattern), { timeout: 30_000 });
  return {
    child,
    ended: once(child, 'exit').then(([code]) => code as number | null),
    printed: () => printed,
    seen,
    url: async () => (await seen(/listening on (http:\/\/[\d.]+:\d+)/))[1] ?? '',
  };
}

test('an invalid environment ends the process with 1 and names each variable', async () => {
  const api = run({ PORT: 'many', DATABASE_URL: 'mysql://x' });
  expect(await api.ended).toBe(1);
  expect(api.printed()).toMatch(/PORT: expected a whole number from 0 to 65535, got "many"/);
  expect(api.printed()).toMatch(/DATABASE_URL: expected a URL starting with postgres:/);
  expect(api.printed()).not.toContain('    at ');
});

test('a port that is taken ends the process with 1 and names the port', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const api = run({ PORT: String(port) });
  expect(await api.ended).toBe(1);
  expect(api.printed()).toMatch(new RegExp(`PORT: expected a free port on 127.0.0.1, got ${port}`));
  expect(api.printed()).not.toContain('    at ');
  other.close();
});

test('given a database whose migration needs a newer release, the process ends with 1 and says so', async () => {
  const newer = await createDatabase(testServices().DATABASE_URL);
  const client = new pg.Client({ connectionString: newer.url });
  await client.connect();
  await client.query(
    'CREATE TABLE schema_migrations (version int, name text, checksum text, applied_at timestamptz, min_compatible_version int)',
  );
  await client.query("INSERT INTO schema_migrations VALUES (9999, '9999-later.sql', 'x', now(), 9999)");
  await client.end();
  const api = run({ DATABASE_URL: newer.url });
  expect(await api.ended).toBe(1);
  expect(api.printed()).toMatch(/the database has migration 9999-later.sql.*run a newer release/);
  expect(api.printed()).not.toContain('    at ');
  await newer.drop();
});

test('without ADMIN_TOKEN, a new one is printed once, and the api accepts it', async () => {
  const api = run({});
  const token = (await api.seen(/ADMIN_TOKEN is not set; until this process ends it is: (\S+)/))[1];
  const url = await api.url();
  expect((await fetch(`${url}/admin/queues`)).status).toBe(401);
  const page = await fetch(`${url}/admin/queues`, { headers: { authorization: `Bearer ${token}` } });
  expect(page.status).toBe(200);
  expect(api.printed().split(String(token))).toHaveLength(2);
});

test('a given ADMIN_TOKEN is never printed', async () => {
  const api = run({ ADMIN_TOKEN: 'a-token-that-was-given', LOG_LEVEL: 'trace' });
  await fetch(`${await api.url()}/healthz`, { headers: { authorization: 'Bearer a-token-that-was-given' } });
  api.child.kill('SIGTERM');
  await api.ended;
  expect(api.printed()).not.toContain('a-token-that-was-given');
});

test('the log says that Redis is connected and the cache manager initialized, then names each hit and miss', async () => {
  const api = run({ LOG_LEVEL: 'debug' });
  const url = await api.url();
  await expect.poll(api.printed).toMatch(/Connected to Redis/);
  await expect.poll(api.printed).toMatch(/Cache manager initialized/);
  await fetch(`${url}/api/stats`);
  await expect.poll(api.printed).toMatch(/Cache MISS: stats:get_stats:[0-9a-f]{32}/);
  await fetch(`${url}/api/stats`);
  await expect.poll(api.printed).toMatch(/Cache HIT: stats:get_stats:[0-9a-f]{32}/);
});

test('on SIGTERM, the process answers open requests, accepts no connections and ends with 0', async () => {
  const api = run({});
  const url = await api.url();
  await vi.waitUntil(async () => (await fetch(`${url}/readyz`)).ok, { timeout: 30_000 });
  const body = new FormData();
  body.set('file', new File(['x\n'], 'a.log'));
  const waiting = fetch(`${url}/api/upload`, { method: 'POST', body, headers: { prefer: 'wait=60' } });
  const isStored = async () => ((await (await fetch(`${url}/api/files`)).json()) as { files: [] }).files.length > 0;
  await vi.waitUntil(isStored, { timeout: 30_000 });
  api.child.kill('SIGTERM');
  expect((await waiting).status).toBe(202);
  expect(await api.ended).toBe(0);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
