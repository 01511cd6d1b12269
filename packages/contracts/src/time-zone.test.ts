import { describe, expect, test } from 'vitest';
import { statsQuerySchema } from './stats.ts';
import { timeZoneSchema } from './time-zone.ts';

describe('every spelling of a zone is parsed to one name', () => {
  const rows: [string, string | undefined][] = [
    ...['UTC', 'utc', 'Etc/UTC', 'etc/uct', 'Zulu', 'GMT', 'Etc/GMT+0', 'GMT-0'].map((name): [string, undefined] => [
      name,
      undefined,
    ]),
    ['europe/BERLIN', 'Europe/Berlin'],
    ['US/Eastern', 'America/New_York'],
    ['Etc/GMT+5', 'Etc/GMT+5'],
  ];
  test.for(rows)('%s is %s', ([given, name]) => {
    expect(timeZoneSchema.parse(given)).toBe(name);
    if (name !== undefined) expect(timeZoneSchema.parse(name)).toBe(name);
  });

  test('an alias is its zone', () => {
    expect(timeZoneSchema.parse('Asia/Kolkata')).toBe(timeZoneSchema.parse('Asia/Calcutta'));
    expect(statsQuerySchema.parse({ tz: 'Etc/UTC' })).toEqual(statsQuerySchema.parse({}));
  });
});

test.for(['', 'Mars/Olympus', 'IST', 'PST', '+05:30', '-01', 'Europe/Berlin ', 'Etc/GMT 5', 'SystemV/PST8', '\0', 5])(
  '%j is refused with the expected form',
  (given) => {
    expect(timeZoneSchema.safeParse(given).success).toBe(false);
    if (typeof given !== 'string') return;
    expect(timeZoneSchema.safeParse(given).error?.issues[0]?.message).toMatch(/^expected a time zone/);
  },
);
