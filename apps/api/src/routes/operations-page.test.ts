import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openOperations, renderOperations } from './operations-page.ts';

const app = express();
app.get('/docs/operations', ...openOperations());
const server = createServer(app);
let html = '';
let policy: string | null = null;
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/docs/operations`);
  policy = answer.headers.get('content-security-policy');
  html = await answer.text();
});
afterAll(() => {
  server.close();
});

test('each link of the page leads to one of its anchors or to a page of the api', () => {
  const ids = new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const targets = [...html.matchAll(/href="([^"]*)"/g)].map(([, href = '']) => href);
  expect(ids).toContain('pilotlightquarantine');
  expect(targets.length).toBeGreaterThan(20);
  expect(targets.filter((href) => !(ids.has(href.slice(1)) || ['/', '/docs/errors'].includes(href)))).toEqual([]);
});

test('the page loads nothing and runs no script', () => {
  expect(policy).toContain("default-src 'self'");
  expect(html).not.toMatch(/<script|<img|src=|href="(https?:)?\/\//);
});

test('a link to a file that is not served becomes its text', () => {
  expect(renderOperations('[a decision](decisions/0001.md) and [errors](errors.md)')).toContain(
    '<p>a decision and <a href="/docs/errors">errors</a></p>',
  );
});
