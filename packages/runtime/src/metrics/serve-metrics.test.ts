import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { createLogger } from '../logger.ts';
import { tokenLine } from '../tokens/new-token.ts';
import { Metrics } from './metrics.ts';
import { metricsAccess } from './metrics-access.ts';
import { type MetricsServerOptions, serveMetrics } from './serve-metrics.ts';

const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
const metrics = new Metrics(logger);
const PROMETHEUS = {
  name: 'prometheus',
  role: 'read',
  expiresAt: null,
  ratePerMinute: null,
  uploadsAtATime: null,
} as const;

async function serve(more: Partial<MetricsServerOptions> = {}) {
  const server = await serveMetrics({ metrics, host: '127.0.0.1', port: 0, isAllowed: () => true, ...more });
  onTestFinished(() => server.close());
  return server;
}

test('the port serves metrics and its liveness, and nothing else', async () => {
  const { url } = await serve();
  const answer = await fetch(`${url}/metrics`);
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toContain('pilotlight_metrics_read_failures_total');
  expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'live' });
  expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${url}/`)).status).toBe(404);
});

test('given tokens, metrics need one that is valid and liveness needs none', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pilotlight-tokens-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const tokensFile = join(directory, 'tokens');
  await writeFile(tokensFile, `${tokenLine('the-token-of-prometheus', PROMETHEUS)}\n`);
  const config = { apiTokens: ['one-token-of-the-api'], adminToken: 'the-admin-token', tokensFile };
  const { url } = await serve({ isAllowed: metricsAccess(config, logger) });
  const status = async (path: string, authorization?: string) =>
    (await fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } })).status;
  expect(await status('/metrics')).toBe(401);
  expect(await status('/metrics', 'Bearer another')).toBe(401);
  expect(await status('/metrics', 'Basic b25lOnRva2Vu')).toBe(401);
  for (const token of ['one-token-of-the-api', 'the-admin-token', 'the-token-of-prometheus'])
    expect(await status('/metrics', `Bearer ${token}`)).toBe(200);
  expect(await status('/healthz')).toBe(200);
  await writeFile(tokensFile, 'not a line of tokens\n');
  expect(await status('/metrics', 'Bearer the-token-of-prometheus')).toBe(401);
});

describe('given a server with limits', () => {
  const limits = { headersMs: 100, requestMs: 100, checkEveryMs: 20, keepAliveMs: 1_000, maxConnections: 1 };
  const sent = async (url: string, bytes: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(bytes);
    return Buffer.concat(await socket.toArray()).toString();
  };

  test.for([
    ['headers', 'GET /metrics HTTP/1.1\r\nHost: x\r\nX-Sl'],
    ['body', 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf'],
  ] as const)('a connection whose %s stall is closed', async ([, bytes]) => {
    const { url } = await serve({ limits });
    expect(await sent(url, bytes)).toMatch(/^HTTP\/1\.1 (408|405) /);
  });

  test('a connection beyond their number is closed without an answer', async () => {
    const { url } = await serve({ limits: { ...limits, headersMs: 60_000, requestMs: 60_000 } });
    const first = connect(Number(new URL(url).port), '127.0.0.1');
    onTestFinished(() => void first.destroy());
    first.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
    await once(first, 'data');
    const request = 'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await sent(url, request)).toBe('');
    first.destroy();
    await expect.poll(() => sent(url, request)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

test('a port in use is an error of the environment that names METRICS_PORT', async () => {
  const port = Number(new URL((await serve()).url).port);
  const taken = serveMetrics({ metrics, host: '127.0.0.1', port, isAllowed: () => true });
  await expect(taken).rejects.toThrow(ConfigError);
  await expect(taken).rejects.toThrow(`METRICS_PORT: expected a free port on 127.0.0.1, got ${port}`);
});
