import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consoleFrom } from './console.ts';

const PAGE = '<!doctype html><title>the page</title>';
const SCRIPT = 'export {}; // the script';
const built = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
const empty = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));

function write(name: string, text: string): void {
  writeFileSync(join(built, name), text);
  writeFileSync(join(built, `${name}.br`), brotliCompressSync(text));
  writeFileSync(join(built, `${name}.gz`), gzipSync(text));
}

mkdirSync(join(built, 'assets'));
write('index.html', PAGE);
write('assets/index-abc.js', SCRIPT);
writeFileSync(join(built, '.sources'), 'not served');

function serverOf(directory: string) {
  const app = express().disable('etag').use(consoleFrom(directory));
  app.use((_request, response) => void response.status(404).end('left to the next handler'));
  return createServer(app);
}
const [withBuild, withoutBuild] = [serverOf(built), serverOf(empty)];
const servers = [withBuild, withoutBuild];
const get = (path: string, headers: Record<string, string> = {}, server = withBuild) =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers });

beforeAll(async () => {
  for (const server of servers) await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  for (const server of servers) server.close();
  for (const directory of [built, empty]) rmSync(directory, { recursive: true });
});

test.each(['/', '/search', '/files', '/cache?key=a', '/system'])('%s is the page', async (path) => {
  const answer = await get(path);
  expect(await answer.text()).toBe(PAGE);
  expect(answer.headers.get('cache-control')).toBe('no-cache');
});

test.each(['/api/nope', '/other', '/.sources', '/index.html', '/assets/..%2f.sources', '/search/x', '/assets/'])(
  '%s is left to the next handler',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);

test('the policy allows nothing inline and no other server', async () => {
  const policy = (await get('/')).headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
});

test('a file with a hash in its name is immutable, and comes in the best coding of the client', async () => {
  for (const [accepted, coding] of [
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
    ['br;q=0, gzip;q=0', null],
  ] as const) {
    const answer = await get('/assets/index-abc.js', { 'accept-encoding': accepted });
    expect(answer.headers.get('content-encoding'), accepted).toBe(coding);
    expect(await answer.text()).toBe(SCRIPT);
    expect(answer.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(answer.headers.get('cache-control')).toContain('immutable');
  }
});

test('a browser with the current page gets 304', async () => {
  const etag = (await get('/')).headers.get('etag') ?? '';
  expect((await get('/', { 'if-none-match': etag, 'cache-control': 'max-age=0' })).status).toBe(304);
});

test('without a build the page says how to build it', async () => {
  const answer = await get('/', {}, withoutBuild);
  expect(answer.status).toBe(200);
  expect(await answer.text()).toContain('npm run console');
});
