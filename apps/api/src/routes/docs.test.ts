import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { getDescription, openDocs } from './docs.ts';

const app = express();
app.use('/docs', ...openDocs());
app.get('/openapi.json', ...getDescription());
const server = createServer(app);
const get = (path: string) => fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
});

test('/openapi.json is an OpenAPI 3.1 document with the version of the api', async () => {
  const response = await get('/openapi.json');
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await response.json()).toMatchObject({ openapi: '3.1.1', info: { title: 'Pilotlight', version: '0.1.0' } });
});

test('everything that the page at /docs names comes from this server', async () => {
  const page = await get('/docs');
  const html = await page.text();
  expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
  const named = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url);
  expect(named).toHaveLength(4);
  for (const url of named) {
    expect(url).toMatch(/^\/docs\//);
    const response = await get(url);
    expect(response.status, url).toBe(200);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
  }
  expect(await (await get('/docs/start.js')).text()).toContain('"/openapi.json"');
});

test('other files of the viewer package are not served', async () => {
  for (const file of ['package.json', 'index.html', '..%2fpackage.json', 'swagger-ui-bundle.js.map'])
    expect((await get(`/docs/${file}`)).status, file).toBe(404);
});
