import { once } from 'node:events';
import type { AuditFinding } from '@pilotlight/contracts';
import { startRedis } from '@pilotlight/stack';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { AuditFindings } from './audit-findings.ts';

const finding = (position: number): AuditFinding => ({
  at: '2026-03-01T10:00:00.000Z',
  prefix: 'stats',
  key: 'stats:get_stats:44136fa355b3678a1146ad16f7e8649e',
  verdict: 'lost',
  epoch: 1,
  position,
  stale_for_ms: 12,
  event: 'file.indexed 1',
  repaired_at: position + 1,
});

test('the latest hundred findings are kept, newest first, and an unreadable one is skipped', async () => {
  const server = await startRedis({ role: 'queue' });
  const connection = new Redis(server.url);
  await once(connection, 'ready');
  onTestFinished(async () => {
    connection.disconnect();
    await server.stop();
  });
  const findings = new AuditFindings(connection);
  for (let position = 0; position < 103; position++) await findings.record(finding(position));
  expect(await findings.latest(2)).toEqual([finding(102), finding(101)]);
  expect(await connection.llen('pilotlight:audit-findings')).toBe(100);
  await connection.lpush('pilotlight:audit-findings', '{', '{"at":"never"}');
  expect(await findings.latest(3)).toEqual([finding(102)]);
});
