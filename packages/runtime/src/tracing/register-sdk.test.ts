import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, propagation, trace } from '@opentelemetry/api';
import { expect, onTestFinished, test, vi } from 'vitest';
import { registerSdk } from './register-sdk.ts';

/** Makes a span for a collector that answers with `listener`, then stops. Returns the requests that arrived and the warnings. */
async function stopWith(listener: RequestListener): Promise<{ requests: number; warnings: unknown[][] }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests++;
    request.resume().once('end', () => void listener(request, response));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const warn = vi.fn();
  const tracing = registerSdk({ serviceName: 'test', sampler: 'always_on', ratio: 1 }, 'test', { warn });
  onTestFinished(() => {
    vi.unstubAllEnvs();
    for (const api of [trace, context, propagation]) api.disable();
    server.closeAllConnections();
    server.close();
  });
  trace.getTracer('test').startSpan('last').end();
  await tracing.stop();
  return { requests, warnings: warn.mock.calls };
}

test('given a collector that takes the last spans, a stop logs nothing', async () => {
  const stopped = await stopWith((_request, response) => response.writeHead(200).end());
  expect(stopped).toEqual({ requests: 1, warnings: [] });
});

test.for<[situation: string, reason: string, listener: RequestListener]>([
  ['refuses the last spans', 'Bad Request', (_request, response) => response.writeHead(400).end()],
  ['never answers', 'expected an answer within 1000 ms, got none', () => undefined],
])('given a collector that %s, a stop logs the reason and ends', async ([, reason, listener]) => {
  const { requests, warnings } = await stopWith(listener);
  expect(requests).toBe(1);
  const message = 'the last spans of this process are lost: the collector did not take them';
  expect(warnings).toEqual([[{ err: expect.objectContaining({ message: reason }) }, message]]);
});
