import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from '../config-error.ts';
import { createLogger } from '../logger.ts';
import { Metrics } from './metrics.ts';
import { type MetricsServerOptions, serveMetrics } from './serve-metrics.ts';

const metrics = new Metrics(createLogger({ level: 'silent', forPeople: false, name: 'test' }));

async function serve(more: Partial<MetricsServerOptions> = {}) {
  const server = await serveMetrics({ metrics, host: '127.0.0.1', port: 0, tokens: null, ...more });
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

test('given tokens, metrics need one of them and liveness needs none', async () => {
  const { url } = await serve({ tokens: ['one-token-of-the-api', 'the-admin-token'] });
  const status = async (path: string, authorization?: string) =>
    (await fetch(`${url}${path}`, { headers: authorization === undefined ? {} : { authorization } })).status;
  expect(await status('/metrics')).toBe(401);
  expect(await status('/metrics', 'Bearer another')).toBe(401);
  expect(await status('/metrics', 'Basic b25lOnRva2Vu')).toBe(401);
  expect(await status('/metrics', 'Bearer the-admin-token')).toBe(200);
  expect(await status('/healthz')).toBe(200);
});

test('a port in use is an error of the environment that names METRICS_PORT', async () => {
  const port = Number(new URL((await serve()).url).port);
  const taken = serveMetrics({ metrics, host: '127.0.0.1', port, tokens: null });
  await expect(taken).rejects.toThrow(ConfigError);
  await expect(taken).rejects.toThrow(`METRICS_PORT: expected a free port on 127.0.0.1, got ${port}`);
});
