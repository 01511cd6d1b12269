import { once } from 'node:events';
import type { ProcessReport } from '@pilotlight/contracts';
import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { ProcessRegister, registered } from './process-register.ts';

const report = (kind: ProcessReport['kind'], pid = 1): ProcessReport => ({
  kind,
  host: 'a-host',
  pid,
  version: '1.0.0',
  log: { state: 'current', since: '2026-03-01T10:00:00.000Z', epoch: 1, applied: 7, lag: 0, trusted: true },
  origins: {},
});

/** Returns a register of processes: kind, first and last report in ms. The present time is 100,000 ms. */
function at(
  processes: Readonly<Record<string, readonly [ProcessReport['kind'], number, number]>>,
  couldReportForMs = 1_000_000,
) {
  const entries = Object.entries(processes);
  return registered({
    texts: new Map(entries.map(([id, [kind]]) => [id, JSON.stringify(report(kind))])),
    startedAt: new Map(entries.map(([id, [, started]]) => [id, started])),
    seenAt: new Map(entries.map(([id, [, , seen]]) => [id, seen])),
    nowMs: 100_000,
    clockMs: 200_000,
    couldReportForMs,
  }).map(({ id, silent }) => `${id}${silent ? ' silent' : ''}`);
}

test('a process without a report for six seconds is silent', () => {
  expect(at({ a: ['worker', 0, 94_500], b: ['worker', 1, 93_500] })).toEqual(['a', 'b silent']);
});

test('no process is silent in the six seconds after an outage of the server', () => {
  expect(at({ a: ['worker', 0, 50_000] }, 5_000)).toEqual(['a']);
  expect(at({ a: ['worker', 0, 50_000] }, 7_000)).toEqual(['a silent']);
});

test('a later process of the same kind replaces one silent process', () => {
  expect(at({ dead: ['worker', 0, 50_000], next: ['worker', 60_000, 99_000] })).toEqual(['next']);
  expect(at({ dead: ['worker', 0, 50_000], other: ['api', 60_000, 99_000] })).toEqual(['dead silent', 'other']);
  expect(at({ dead: ['worker', 0, 50_000], before: ['worker', 40_000, 99_000] })).toEqual(['dead silent', 'before']);
  expect(at({ one: ['worker', 0, 50_000], two: ['worker', 1, 55_000], next: ['worker', 60_000, 99_000] })).toEqual([
    'two silent',
    'next',
  ]);
});

test('a process that reports is listed with its instants until it leaves, and an unreadable report is skipped', async () => {
  const server = await startRedis({ role: 'queue' });
  const connection = new Redis(server.url);
  await once(connection, 'ready');
  onTestFinished(async () => {
    connection.disconnect();
    await server.stop();
  });
  const register = new ProcessRegister(connection);
  await register.report('a', report('api', 41));
  await register.report('a', report('api', 42));
  await connection.hset('{pilotlight:processes}:reports', 'of another version', '{"kind":"proxy"}', 'damaged', '{');
  const [found, ...others] = await register.list();
  expect(others).toEqual([]);
  expect(found).toMatchObject({ id: 'a', kind: 'api', pid: 42, silent: false });
  expect(Math.abs(Date.now() - Date.parse(found?.started_at ?? ''))).toBeLessThan(60_000);
  await register.leave('a');
  expect(await register.list()).toEqual([]);
});

test('a process that has been silent for an hour is forgotten with the next report', async () => {
  const server = await startRedis({ role: 'queue' });
  const connection = new Redis(server.url);
  await once(connection, 'ready');
  onTestFinished(async () => {
    connection.disconnect();
    await server.stop();
  });
  const register = new ProcessRegister(connection);
  await register.report('old', report('worker'));
  await connection.zadd('{pilotlight:processes}:seen', Date.now() - 3_700_000, 'old');
  await register.report('new', report('api'));
  expect((await register.list()).map(({ id }) => id)).toEqual(['new']);
  expect(await connection.hlen('{pilotlight:processes}:reports')).toBe(1);
});
