import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { connectProducer, createLogger, openQueues } from '@pilotlight/runtime';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { type System, type SystemApi, startSystem } from '../harness/start-system.ts';
import { uploadIndexed, uploadText } from '../harness/upload.ts';
import { OPS, type Prometheus, promtool, startPrometheus } from './prometheus.ts';

const run = promisify(execFile);
const LINES = '2026-03-01 10:00:00 INFO cart: added lamp\n2026-03-01 10:00:01 ERROR pay: card declined\n';

let system: System;
let api: SystemApi;
let prometheus: Prometheus;

beforeAll(async () => {
  system = await startSystem({
    apis: 1,
    workers: 1,
    env: { METRICS_PORT: '0', INGEST_MAX_WAIT_MS: '3600000' },
    ownPostgres: true,
  });
  const [first] = system.apis;
  const [worker] = system.workers;
  if (!first || !worker) throw new Error('expected an api and a worker');
  api = first;
  const [, metrics = ''] = await worker.waitForLog(/^metrics at (\S+)$/);
  prometheus = await startPrometheus({ 'pilotlight-api': api.url, 'pilotlight-worker': metrics });
});
afterAll(async () => {
  await prometheus?.stop();
  await system?.stop();
});

const dashboard = JSON.parse(readFileSync(join(OPS, 'grafana', 'dashboards', 'pilotlight.json'), 'utf8')) as {
  readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
};
const expressions = dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
const documented = [
  ...readFileSync(join(OPS, '..', 'docs', 'observability.md'), 'utf8').matchAll(
    /^\| `((?:pilotlight|process|nodejs)_\w+)` \| (?:counter|gauge|histogram) /gm,
  ),
].map(([, name = '']) => name);

test('promtool accepts the rules, their unit tests and the configuration', async () => {
  const program = await promtool();
  const cwd = join(OPS, 'prometheus');
  await run(program, ['check', 'rules', 'alerts.yml'], { cwd });
  await run(program, ['check', 'config', '--syntax-only', 'prometheus.yml'], { cwd });
  const { stdout } = await run(program, ['test', 'rules', 'alerts.test.yml'], { cwd });
  expect(stdout).toContain('SUCCESS');
});

test('Prometheus scrapes every documented metric of api and worker, and no other', async () => {
  await uploadIndexed(api, 'shop.log', LINES);
  for (let i = 0; i < 3; i++)
    for (const path of ['/api/stats', '/api/files', '/api/files/none']) await ask(api, 'GET', path);
  await expect.poll(() => prometheus.metricNames().then((names) => names.sort())).toEqual([...documented].sort());
});

test('every query of the dashboard returns data', async () => {
  expect(expressions.length).toBeGreaterThan(30);
  const empty = async () => {
    const found = await Promise.all(
      expressions.map((expression) => prometheus.query(expression.replaceAll('$__rate_interval', '5m'))),
    );
    return expressions.filter((_, i) => found[i]?.length === 0);
  };
  await expect.poll(empty).toEqual([]);
});

test('each fault of the system fires the alerts for it', async () => {
  const fired = () => prometheus.fired();
  const caused = [
    ...['PilotlightQuarantine', 'PilotlightDown', 'PilotlightNoWorker', 'PilotlightBreakerOpen'],
    ...['PilotlightServerErrors', 'PilotlightOutboxBehind', 'PilotlightInvalidationsPending'],
  ];
  const firing = () => prometheus.firing();
  // Until the first scrape of a worker, there is none.
  await expect.poll(async () => (await firing()).filter((alert) => caused.includes(alert))).toEqual([]);

  // A job that no worker can read.
  const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
  const queues = openQueues(connectProducer(system.redis.queue.url, logger), logger);
  await expect.poll(() => queues.connection.status).toBe('ready');
  await queues.addUnread('warm-keys', {}, {});
  await expect.poll(fired).toContain('PilotlightQuarantine');

  // No worker, a job and an upload that wait for one.
  await system.workers[0]?.kill('SIGKILL');
  await queues.addUnread('apply-event', {}, {});
  await queues.close();
  await uploadText(api, 'waiting.log', LINES);
  await expect.poll(firing).toEqual(expect.arrayContaining(['PilotlightDown', 'PilotlightNoWorker']));
  await expect.poll(fired).toEqual(expect.arrayContaining(['PilotlightInvalidationsBehind', 'PilotlightOutboxBehind']));
  await expect.poll(fired, { timeout: 120_000 }).toContain('PilotlightIngestBehind');

  // An api that freezes again and again: the alert is about more than one pause in a hundred samples between two scrapes.
  await expect
    .poll(async () => {
      await api.kill('SIGSTOP');
      await delay(500);
      await api.kill('SIGCONT');
      return await fired();
    })
    .toContain('PilotlightEventLoopBlocked');

  // A frozen queue Redis.
  system.redis.queue.kill('SIGSTOP');
  const { invalidation } = await uploadText(api, 'pending.log', LINES);
  expect(invalidation.state).toBe('pending');
  await expect
    .poll(async () => {
      await ask(api, 'GET', '/api/stats');
      return await fired();
    })
    .toEqual(
      expect.arrayContaining([
        ...['PilotlightDisconnected', 'PilotlightUnverifiedAnswers', 'PilotlightInvalidationsPending'],
        ...['PilotlightRedisErrors', 'PilotlightMetricsIncomplete'],
      ]),
    );
  system.redis.queue.kill('SIGCONT');

  // No database.
  system.postgres?.kill('SIGKILL');
  let cold = 0;
  await expect
    .poll(async () => {
      await ask(api, 'GET', `/api/stats?service=cold-${cold++}`);
      return await fired();
    })
    .toEqual(expect.arrayContaining(['PilotlightBreakerOpen', 'PilotlightServerErrors']));
});
