import { parseUserShape } from '@pilotlight/origin';
import { expect, test } from 'vitest';
import { InvalidInput } from '../errors.ts';
import { readAsOf } from './read-as.ts';

const DEFAULTS = { timezone: null, date_order: null, format: null, shape: null };
const SHAPE = JSON.stringify({ name: 'pairs', pattern: '(?<key>\\w+)=(?<message>\\w+)' });

test('a form without fields asks for the defaults', () => {
  for (const fields of [undefined, {}]) expect(readAsOf(fields)).toEqual(DEFAULTS);
});

test.for([
  [
    { timezone: 'europe/berlin', date_order: 'dmy' },
    { timezone: 'Europe/Berlin', date_order: 'dmy' },
  ],
  [{ timezone: '+0530' }, { timezone: '+05:30' }],
  [
    { timezone: 'Z', date_order: 'MDY' },
    { timezone: 'UTC', date_order: 'mdy' },
  ],
  [{ format: 'logfmt' }, { format: 'logfmt' }],
  [{ shape: SHAPE }, { format: 'pairs', shape: SHAPE }],
] as const)('%j is read as %j', ([fields, readAs]) => {
  expect(readAsOf(fields)).toEqual({ ...DEFAULTS, ...readAs });
});

test('a format may be one of FORMATS_FILE', () => {
  const shapes = [parseUserShape(SHAPE)];
  expect(readAsOf({ format: 'pairs' }, shapes)).toEqual({ ...DEFAULTS, format: 'pairs' });
  expect(() => readAsOf({ format: 'pairs' })).toThrow(/^format: expected the name of a format of lines/);
});

test.for([
  [{ timezone: 'CST' }, /^timezone: expected UTC, an offset like \+05:30 or a name like Europe\/Berlin, got "CST"$/],
  [{ timezone: '' }, /^timezone: expected UTC, an offset/],
  [{ timezone: 'x'.repeat(65) }, /^timezone: expected at most 64 characters/],
  [{ timezone: ['UTC', 'UTC'] }, /^timezone: expected a string/],
  [{ date_order: 'ydm' }, /^date_order: expected one of ymd, dmy, mdy, got "ydm"$/],
  [{ format: 'no-such' }, /^format: expected the name of a format of lines \(docs\/formats\.md\), got "no-such"$/],
  [{ format: 'A B' }, /^format: expected lower-case letters, digits and hyphens/],
  [{ shape: '{}' }, /^shape: .*expected a name/],
  [{ shape: SHAPE, format: 'logfmt' }, /^shape: expected no shape beside format, got both/],
  [{ shape: 'x'.repeat(20_001) }, /^shape: expected at most 20000 characters/],
  [
    { time_zone: 'UTC' },
    /^time_zone: expected one of timezone, date_order, format, shape, got a field with this name$/,
  ],
] as const)('%j is refused with the expected value', ([fields, message]) => {
  const read = () => readAsOf(fields);
  expect(read).toThrow(InvalidInput);
  expect(read).toThrow(message);
});

test('the name of a format of FORMATS_FILE may be chosen', () => {
  const shapes = [parseUserShape('{"name":"tickets","pattern":"<%{WORD:level}> %{GREEDYDATA:message}"}')];
  expect(readAsOf({ format: 'tickets' }, shapes)).toMatchObject({ format: 'tickets', shape: null });
  expect(() => readAsOf({ format: 'tickets' })).toThrow(InvalidInput);
});
