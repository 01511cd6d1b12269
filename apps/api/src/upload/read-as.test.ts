import { expect, test } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { readAsOf } from './read-as.ts';

test('a form without fields asks for the defaults', () => {
  for (const fields of [undefined, {}]) expect(readAsOf(fields)).toEqual({ timezone: null, date_order: null });
});

test.for([
  [
    { timezone: 'europe/berlin', date_order: 'dmy' },
    { timezone: 'Europe/Berlin', date_order: 'dmy' },
  ],
  [{ timezone: '+0530' }, { timezone: '+05:30', date_order: null }],
  [
    { timezone: 'Z', date_order: 'MDY' },
    { timezone: 'UTC', date_order: 'mdy' },
  ],
] as const)('%j is read as %j', ([fields, readAs]) => {
  expect(readAsOf(fields)).toEqual(readAs);
});

test.for([
  [{ timezone: 'CST' }, /^timezone: expected UTC, an offset like \+05:30 or a name like Europe\/Berlin, got "CST"$/],
  [{ timezone: '' }, /^timezone: expected UTC, an offset/],
  [{ timezone: 'x'.repeat(65) }, /^timezone: expected at most 64 characters/],
  [{ timezone: ['UTC', 'UTC'] }, /^timezone: expected a string/],
  [{ date_order: 'ydm' }, /^date_order: expected one of ymd, dmy, mdy, got "ydm"$/],
  [{ time_zone: 'UTC' }, /^time_zone: expected one of timezone, date_order, got a field with this name$/],
] as const)('%j is refused with what was expected', ([fields, message]) => {
  const read = () => readAsOf(fields);
  expect(read).toThrow(InvalidInput);
  expect(read).toThrow(message);
});
