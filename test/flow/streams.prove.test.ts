import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { MAX_EXACT_TOTAL } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { suiteSystem } from '../harness/suite-system.ts';

const suite = suiteSystem({ apis: 2, workers: 2 });
const POLL = { timeout: 60_000, interval: 200 };
/** Time between the lines of a steady stream: in 12 s over two apis it makes fewer lines than a search counts exactly. */
const STEADY_EVERY_MS = 5;

interface Sending {
  readonly stream: string;
  readonly key?: string;
  readonly headers?: Record<string, string>;
}

async function send(url: string, lines: string | Buffer<ArrayBuffer>, { stream, key, headers = {} }: Sending) {
  const response = await fetch(`${url}/api/ingest?stream=${stream}`, {
    method: 'POST',
    body: lines,
    headers: { 'content-type': 'text/plain', ...(key !== undefined && { 'idempotency-key': key }), ...headers },
  });
  if (response.status !== 202) throw new Error(`${response.status} ${await response.text()}`);
  return (await response.json()) as { file: { id: string }; lines: number };
}

/** Returns the number of records that a search of the first api finds. */
const found = async (q: string): Promise<number> => (await ask(suite.api, 'POST', '/api/search', { q })).json.total;

interface ListedFile {
  readonly status: string;
  readonly record_count: number;
}

/**
 * Ends a stream with a last line, and returns the number of its other records. Of lines that are stored twice it is too large, which a
 * poll until a number is reached would not show.
 */
async function recordsOf(stream: string): Promise<number> {
  const last = { method: 'POST', body: 'the end\n', headers: { 'content-type': 'text/plain', prefer: 'wait=60' } };
  expect((await fetch(`${suite.api.url}/api/ingest?stream=${stream}`, last)).status).toBe(201);
  let files: readonly ListedFile[] = [];
  const states = async () => {
    files = (await ask(suite.api, 'GET', `/api/files?name=${stream}-`)).json.files;
    return [...new Set(files.map(({ status }) => status))];
  };
  await expect.poll(states, POLL).toEqual(['indexed']);
  return files.reduce((sum, { record_count: records }) => sum + records, 0) - 1;
}

/** Returns the position of the latest invalidation. */
async function position(): Promise<number> {
  const authorization = `Bearer ${suite.system.adminToken}`;
  const { json } = await ask(suite.api, 'GET', '/api/cache/log?limit=1', undefined, { authorization });
  return json.applied;
}

test('a steady stream over two apis costs at most one invalidation per second, and loses no line', async () => {
  const before = await position();
  const began = performance.now();
  let sent = 0;
  while (performance.now() - began < 12_000) {
    await Promise.all(suite.apis.map(({ url }, n) => send(url, `steady-a ${sent + n}\n`, { stream: 'steady' })));
    sent += 2;
    await delay(STEADY_EVERY_MS);
  }
  expect(sent).toBeLessThan(MAX_EXACT_TOTAL);
  await expect.poll(() => found('steady a'), POLL).toBeGreaterThanOrEqual(sent);
  const seconds = (performance.now() - began) / 1_000;
  const invalidations = (await position()) - before;
  if (process.env['SHOW_FIGURES'])
    process.stdout.write(`${sent} requests in 12 s, ${invalidations} invalidations in ${seconds.toFixed(1)} s\n`);
  // The first file is listed and indexed without files before it.
  expect(invalidations).toBeLessThanOrEqual(seconds + 2);
  expect(invalidations).toBeGreaterThan(0);
  expect([await recordsOf('steady'), await found('steady a')]).toEqual([sent, sent]);
});

test('with an api killed in mid-stream, acknowledged lines are there once, and repeated ones too', async () => {
  const doomed = await suite.system.addApi();
  const [survivor] = suite.apis;
  let acknowledged = 0;
  let failed = 0;
  const writer = async (name: number): Promise<void> => {
    for (let n = 0; n < 60; n++) {
      const request = { stream: 'killed', key: randomUUID() };
      // Beyond 1 MiB, the api stores parts of the request before it commits.
      const line = `killed-b ${name}-${n}\n${n % 20 === 0 ? `${'x'.repeat(499_999)}\n`.repeat(4) : ''}`;
      try {
        await send(doomed.url, line, request);
      } catch {
        failed += 1;
        await send(survivor.url, line, request);
      }
      acknowledged += 1;
      if (acknowledged === 60) await doomed.kill('SIGKILL');
    }
  };
  await Promise.all([writer(1), writer(2), writer(3)]);
  expect(failed).toBeGreaterThan(0);
  // Of each writer, three requests have four further lines.
  expect([await recordsOf('killed'), await found('killed b')]).toEqual([180 + 36, 180]);
});

test('lines of eight clients that send as fast as they can are all found', async () => {
  const lines = Array.from({ length: 1_000 }, (_, n) => `2026-03-01 10:00:00 INFO cart: fast-e line ${n}\n`).join('');
  const began = performance.now();
  const client = async (n: number): Promise<void> => {
    for (let request = 0; request < 12; request++)
      await send(suite.apis[n % 2 === 0 ? 0 : 1].url, lines, { stream: `fast-${n % 4}` });
  };
  await Promise.all(Array.from({ length: 8 }, (_, n) => client(n)));
  const ackedS = (performance.now() - began) / 1_000;
  const total = async () => (await ask(suite.api, 'GET', '/api/stats?service=cart')).json.stats.total_logs;
  await expect.poll(total, POLL).toBeGreaterThanOrEqual(96_000);
  const foundS = (performance.now() - began) / 1_000;
  if (process.env['SHOW_FIGURES']) {
    const rate = (seconds: number) => `${Math.round(96_000 / seconds).toLocaleString('en')} lines/s`;
    process.stdout.write(`96 requests of 1,000 lines: acknowledged at ${rate(ackedS)}, found at ${rate(foundS)}\n`);
  }
  const records = await Promise.all([0, 1, 2, 3].map((n) => recordsOf(`fast-${n}`)));
  expect([...records, await total()]).toEqual([24_000, 24_000, 24_000, 24_000, 96_000]);
});

test('Fluent Bit sends records with the output http and the format json_lines', async () => {
  const records = [1, 2].map((n) => ({ date: 1_772_359_200.5 + n, log: `fluent-c ${n}`, level: 'warn' }));
  const body = gzipSync(records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  // As plugins/out_http of Fluent Bit 4 does it.
  const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip', 'user-agent': 'Fluent-Bit' };
  await send(suite.api.url, Buffer.from(body), { stream: 'fluent', headers });
  expect([await recordsOf('fluent'), await found('fluent c')]).toEqual([2, 2]);
  const { json } = await ask(suite.api, 'POST', '/api/search', { q: 'fluent c', sort: 'oldest' });
  expect(json.results[0]).toMatchObject({
    timestamp: '2026-03-01T10:00:01.500Z',
    level: 'WARN',
    message: 'fluent-c 1',
  });
});

test.for([
  ['protobuf', ProtobufExporter],
  ['json', JsonExporter],
] as const)('the OpenTelemetry SDK exports its log records as %s', async ([encoding, Exporter]) => {
  const exporter: LogRecordExporter = new Exporter({ url: `${suite.api.url}/v1/logs` });
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': `otel-${encoding}` }),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('a-scope');
  const timestamp = new Date('2026-03-01T10:00:00.123Z');
  logger.emit({
    timestamp,
    severityNumber: 17,
    severityText: 'ERROR',
    body: `otel-d ${encoding}`,
    attributes: { n: 7 },
  });
  await provider.forceFlush();
  await provider.shutdown();
  await expect.poll(() => found(`otel d ${encoding}`), POLL).toBe(1);
  const { json } = await ask(suite.api, 'POST', '/api/search', { q: `otel d ${encoding}` });
  expect(json.results[0]).toMatchObject({
    timestamp: timestamp.toISOString(),
    level: 'ERROR',
    service: `otel-${encoding}`,
  });
});
