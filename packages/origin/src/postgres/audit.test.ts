import { expect, test } from 'vitest';
import type { NewAuditRecord } from '../audit.ts';
import { openOrigin } from '../testing/open-origin.ts';

const HOUR_MS = 3_600_000;

const record = (over: Partial<NewAuditRecord> = {}): NewAuditRecord => ({
  at: new Date().toISOString(),
  action: 'deleteFile',
  token: 'ci',
  address: '127.0.0.1',
  request_id: 'r-1',
  path: '/api/files/x',
  input: null,
  status: 200,
  count: 1,
  ...over,
});

test('records come back newest first, page by page, with any text that JSON can hold', async () => {
  const { origin } = await openOrigin();
  const input = { prefix: 'a\u0000b\ud800"', nested: [1, null] };
  await origin.audit.append([record({ action: 'first' }), record({ action: 'second', input, token: null })]);
  await origin.audit.append([record({ action: 'third' })]);
  const page = await origin.audit.list({ limit: 2 });
  expect(page.records.map(({ action }) => action)).toEqual(['third', 'second']);
  expect(page.records[1]).toMatchObject({ input, token: null, status: 200, count: 1 });
  const rest = await origin.audit.list({ limit: 2, before: page.next ?? 0 });
  expect(rest.records.map(({ action }) => action)).toEqual(['first']);
  expect(rest.next).toBeNull();
});

test('records that are too old, and the oldest beyond the maximum, are removed', async () => {
  const { origin } = await openOrigin();
  const old = new Date(Date.now() - 2 * HOUR_MS).toISOString();
  await origin.audit.append([
    record({ at: old, action: 'old' }),
    ...['a', 'b', 'c'].map((action) => record({ action })),
  ]);
  expect(await origin.audit.prune({ keptMs: HOUR_MS, maxRecords: 100 })).toBe(1);
  expect(await origin.audit.prune({ keptMs: HOUR_MS, maxRecords: 2 })).toBe(1);
  expect((await origin.audit.list({ limit: 10 })).records.map(({ action }) => action)).toEqual(['c', 'b']);
  expect(await origin.audit.prune({ keptMs: HOUR_MS, maxRecords: 2 })).toBe(0);
});
