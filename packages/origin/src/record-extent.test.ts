import { expect, test } from 'vitest';
import { record } from './log-store/testing/world.ts';
import { RecordExtent } from './record-extent.ts';

function extentOf(...parts: Parameters<typeof record>[1][]) {
  const seen = new RecordExtent();
  for (const [index, part] of parts.entries()) seen.add([record(index + 1, part)]);
  return seen.extent;
}

test('holds the time from the first record to just past the last, and each level and service once', () => {
  const extent = extentOf(
    { timestamp: '2015-05-17T10:00:00.000Z', level: 'WARN', service: 'web' },
    { timestamp: '2005-12-04T04:47:44.001Z', level: 'ERROR', service: 'db' },
    { timestamp: '2014-01-01T00:00:00.000Z', level: 'WARN', service: 'web' },
  );
  expect(extent).toEqual({
    records: 3,
    time: { from: Date.UTC(2005, 11, 4, 4, 47, 44, 1), to: Date.UTC(2015, 4, 17, 10) + 1 },
    hasUndated: false,
    levels: ['ERROR', 'WARN'],
    services: ['db', 'web'],
  });
});

test('distinguishes all, some and no records having a timestamp', () => {
  const at = { timestamp: '2015-05-17T10:00:00.000Z' };
  expect(extentOf(at, {})).toMatchObject({ time: { from: expect.any(Number) }, hasUndated: true });
  expect(extentOf(at)).toMatchObject({ time: { from: expect.any(Number) }, hasUndated: false });
  expect(extentOf({})).toMatchObject({ time: null, hasUndated: true });
  expect(extentOf()).toEqual({ records: 0, time: null, hasUndated: false, levels: [], services: [] });
});

test('names no services if there are too many or they are too long together', () => {
  expect(extentOf(...Array.from({ length: 100 }, (_, n) => ({ service: `s${n}` }))).services).toHaveLength(100);
  expect(extentOf(...Array.from({ length: 101 }, (_, n) => ({ service: `s${n}` })))).not.toHaveProperty('services');
  const long = Array.from({ length: 30 }, (_, n) => ({ service: `${n}`.padStart(190, '-') }));
  expect(extentOf(...long)).not.toHaveProperty('services');
});

test('names services as stored, and omits those that no query can ask for', () => {
  expect(extentOf({ service: 'half \ud800' }, { service: 'x'.repeat(201) }, {}).services).toEqual(['half \ufffd']);
});
