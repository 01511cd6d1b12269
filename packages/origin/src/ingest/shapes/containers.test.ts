import { expect, test } from 'vitest';
import { readAll } from '../testing/read-all.ts';

const servicesOf = async (...lines: readonly string[]) =>
  (await readAll(`${lines.join('\n')}\n`)).records.map(({ service, message }) => [service, message]);

test.each([
  ['psql', [' name | total', '------+-------', ' foo  |     3', ' bar  |    17']],
  ['psql without borders', ['name | total', 'foo  | 3', 'item-1  | 17', 'item-2  | blue | 3']],
  ['mysql', ['| id | name |', '| 1  | foo  |']],
])('a table of %s has no services', async (_what, lines) => {
  const services = await servicesOf(...lines);
  expect(new Set(services.map(([service]) => service))).toEqual(new Set([null]));
});

test('a container without a number is known by a line, and its further lines by their place', async () => {
  const lines = ['starting', 'INFO ready', 'waiting'].map((text) => `database  | ${text}`);
  expect(await servicesOf(...lines, 'database   | 3')).toEqual([
    [null, lines[0]],
    ['database', 'INFO ready'],
    ['database', 'waiting'],
    [null, 'database   | 3'],
  ]);
});
