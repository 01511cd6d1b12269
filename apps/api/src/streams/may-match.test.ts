import { type Extent, LEVELS } from '@pilotlight/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mayMatch } from './may-match.ts';

const FILE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const instant = fc.integer({ min: 0, max: 20 }).map((n) => n * 1_000);
const service = fc.constantFrom('a', 'b', 'c');
const level = fc.constantFrom(...LEVELS);
const record = fc.record({ at: fc.option(instant), level, service: fc.option(service) });
const optional = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });
const query = fc.record({
  q: fc.constant(''),
  level: optional(fc.array(level, { minLength: 1, maxLength: 3 })),
  service: optional(service),
  file_id: optional(fc.constant(FILE_ID.toUpperCase())),
  from: optional(instant.map((ms) => new Date(ms).toISOString())),
  to: optional(instant.map((ms) => new Date(ms).toISOString())),
});
type Line = typeof record extends fc.Arbitrary<infer T> ? T : never;

function extentOf(records: readonly Line[]): Extent {
  const times = records.flatMap(({ at }) => (at === null ? [] : [at]));
  return {
    records: records.length,
    time: times.length === 0 ? null : { from: Math.min(...times), to: Math.max(...times) + 1 },
    hasUndated: times.length < records.length,
    levels: [...new Set(records.map((one) => one.level))],
    services: [...new Set(records.flatMap((one) => (one.service === null ? [] : [one.service])))],
  };
}

test('a file whose extent rules it out has no line that matches', () => {
  let ruledOut = 0;
  fc.assert(
    fc.property(query, fc.array(record, { maxLength: 4 }), (conditions, records) => {
      const hasMatch = records.some(
        ({ at, level: own, service: name }) =>
          (conditions.level === undefined || conditions.level.includes(own)) &&
          (conditions.service === undefined || conditions.service === name) &&
          (conditions.from === undefined || (at !== null && at >= Date.parse(conditions.from))) &&
          (conditions.to === undefined || (at !== null && at < Date.parse(conditions.to))),
      );
      const may = mayMatch(conditions, FILE_ID, extentOf(records));
      if (!may) ruledOut++;
      if (hasMatch) expect(may).toBe(true);
    }),
    { numRuns: 2_000 },
  );
  expect(ruledOut).toBeGreaterThan(200);
});

test('another file than the one asked for is ruled out, and an unknown extent rules out nothing', () => {
  expect(mayMatch({ q: '', file_id: FILE_ID }, '01890a5d-ac96-774b-bcce-b302099a8058', undefined)).toBe(false);
  expect(mayMatch({ q: '', level: ['FATAL'] }, FILE_ID, undefined)).toBe(true);
});
