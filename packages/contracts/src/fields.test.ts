import { expect, test } from 'vitest';
import { instantSchema } from './fields.ts';

const rows: [string, string][] = [
  ['2015-05-17', '2015-05-17T00:00:00.000Z'],
  ['2015-05-17T10:05:03Z', '2015-05-17T10:05:03.000Z'],
  ['2015-05-17T10:05:03.25+02:00', '2015-05-17T08:05:03.250Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
];
test.for(rows)('%s is %s', ([given, instant]) => {
  expect(instantSchema.parse(given)).toBe(instant);
  expect(instantSchema.parse(instant)).toBe(instant);
});

test.for([
  '',
  'yesterday',
  '2024-02-30',
  '2024-06-30T23:59:60Z',
  '2024-01-01T24:00:00Z',
  '2024-01-01 10:00:00',
  '2024-01-01T10:00:00',
  '0000-01-01',
  '0001-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  '+010000-01-01T00:00:00Z',
  1_700_000_000,
  null,
])('%j is refused with the expected form', (given) => {
  expect(instantSchema.safeParse(given).error?.issues[0]?.message).toMatch(/^expected /);
});
