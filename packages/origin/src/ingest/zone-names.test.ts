import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readOne } from './testing/read-all.ts';
import { offsetOfName, ZONE_NAMES } from './zone-names.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../../../docs/times.md'), 'utf8');
const HOUR_MS = 3_600_000;

test('docs/times.md lists every zone name with its offset', () => {
  const rows = [...PAGE.matchAll(/^\| `([+-])(\d\d):(\d\d)` \| (.*) \|$/gm)];
  const documented = rows.flatMap(([, sign, hours, minutes, names = '']) => {
    const offsetMs = Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    return [...names.matchAll(/\w+/g)].map(([name]) => [name, offsetMs] as const);
  });
  const fixed = ZONE_NAMES.filter((name) => offsetOfName(name, []) !== null);
  expect(new Map(documented)).toEqual(new Map(fixed.map((name) => [name, offsetOfName(name, [])])));
});

test('docs/times.md lists every zone name with several meanings', () => {
  const list = /not certain:\n\n((?:`\w+`\s)+)/.exec(PAGE)?.[1] ?? '';
  const several = ZONE_NAMES.filter((name) => offsetOfName(name, []) === null);
  expect([...list.matchAll(/\w+/g)].map(([name]) => name).sort()).toEqual([...several].sort());
});

test('the zone of the upload chooses among the meanings of a name', () => {
  expect(offsetOfName('IST', [2 * HOUR_MS, 3 * HOUR_MS])).toBe(2 * HOUR_MS);
  expect(offsetOfName('CST', [8 * HOUR_MS, 8 * HOUR_MS])).toBe(8 * HOUR_MS);
  expect(offsetOfName('CST', [HOUR_MS, 2 * HOUR_MS])).toBe(-6 * HOUR_MS);
  expect(offsetOfName('IST', [-5 * HOUR_MS])).toBeNull();
});

test.each(['ART pipeline', 'MET condition', 'CAT said', 'PET scan', 'EAT now', 'ACT two'])(
  'a text that begins with %s has no zone',
  async (text) => {
    const { record } = await readOne(`2026-03-01 10:00:00 ${text}`);
    expect(record).toMatchObject({ timestamp: '2026-03-01T10:00:00.000Z', message: text });
  },
);

test.each([
  ['2026-03-01 10:00:00 MET [main] ERROR x', '2026-03-01T09:00:00.000Z'],
  ['2026-03-01 10:00:00 CET condition', '2026-03-01T09:00:00.000Z'],
])('%s has a zone', async (line, instant) => {
  expect((await readOne(line)).record.timestamp).toBe(instant);
});
