import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { scopeOfExtent, scopeOfQuery } from './data-scope.ts';
import type { Extent } from './extent.ts';
import { LEVELS } from './fields.ts';

const FILE = randomUUID();
const EXTENT: Extent = { records: 9, time: { from: 10, to: 21 }, hasUndated: false, levels: ['INFO'], services: ['a'] };

test('a query without conditions depends on everything', () => {
  expect(scopeOfQuery({})).toEqual({});
});

test('a query depends on the records that match it, and a time range only on dated ones', () => {
  const conditions = { from: '1970-01-01T00:00:00.005Z', level: ['WARN' as const], file_id: FILE.toUpperCase() };
  expect(scopeOfQuery(conditions)).toEqual({
    dated: ['yes'],
    time: { from: 5, to: null },
    level: ['WARN'],
    file: [FILE],
  });
});

test('undated records match no time range', () => {
  expect(scopeOfExtent(FILE, { ...EXTENT, hasUndated: true })).toMatchObject({ time: { from: 10, to: 21 } });
  expect(scopeOfExtent(FILE, { ...EXTENT, hasUndated: true })).not.toHaveProperty('dated');
  const none = scopeOfExtent(FILE, { ...EXTENT, time: null, hasUndated: true });
  expect(none).toMatchObject({ dated: ['no'] });
  expect(none).not.toHaveProperty('time');
});

test('a missing list means all names', () => {
  const { levels, services, ...rest } = EXTENT;
  expect(scopeOfExtent(FILE, rest)).toEqual({ file: [FILE], dated: ['yes'], time: { from: 10, to: 21 } });
});

test('records without a service match no query for a service', () => {
  expect(scopeOfExtent(FILE, { ...EXTENT, services: [] })).toMatchObject({ service: [''] });
});

test('a scope with the maximum of services stays within 1 KB and still matches each of them', () => {
  const services = Array.from({ length: 100 }, (_, n) => `org.example.service.Number${n}`);
  const scope = scopeOfExtent(FILE, { ...EXTENT, levels: [...LEVELS], services });
  expect(JSON.stringify(['search', scope]).length).toBeLessThan(1_000);
  expect(scope).not.toHaveProperty('service');
  for (const service of services) {
    const asked = scopeOfQuery({ service })['service_bucket'];
    if (!Array.isArray(asked)) throw new Error('expected the bucket of the service');
    expect(scope['service_bucket']).toEqual(expect.arrayContaining(asked));
  }
});
