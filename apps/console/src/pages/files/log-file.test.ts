import { expect, test } from 'vitest';
import { groupsOf } from './delete/groups.ts';
import { savedName } from './detail/saved-name.ts';
import { formatOf, formatsOf, sentName, spanOf } from './log-file.ts';
import { rulesText } from './retention-text.ts';

test('a sent name has no control characters, and keeps everything else', () => {
  expect(sentName('\u001b[31m\u202egol.txt')).toBe('⟨U+001B⟩[31m\u202egol.txt');
});

test('a sent name in another script, with emoji or markup, is unchanged', () => {
  for (const name of ['שלום.log', '日本語.log', '👨‍👩‍👧.log', '<b>&amp;.log']) expect(sentName(name)).toBe(name);
});

test('records of one day have one date', () => {
  const span = (from: string | null, to: string | null) => spanOf({ first_timestamp: from, last_timestamp: to });
  expect(span('2026-03-01T10:00:00Z', '2026-03-01T11:00:00Z')).toMatch(/^2026-03-01\s\S+ – \d\d:\d\d:\d\d$/);
  expect(span('2026-03-01T10:00:00Z', '2026-03-04T10:00:00Z')).toMatch(/^2026-03-01\s\S+ – 2026-03-04\s/);
  expect(span('2026-03-01T10:00:00Z', '2026-03-01T10:00:00Z')).not.toContain('–');
  expect(span(null, null)).toBeNull();
});

test('a format says what the file was packed with', () => {
  expect(formatOf({ format: 'csv', packing: 'tar+gzip' })).toBe('csv, tar+gzip');
  expect(formatOf({ format: 'csv', packing: null })).toBe('csv');
  expect(formatOf({ format: null, packing: null })).toBeNull();
});

test('several formats have their numbers of records, and one has none', () => {
  const formats = [
    { name: 'application', records: 1_200 },
    { name: 'text', records: 3 },
  ];
  expect(formatsOf({ formats })).toBe('application 1,200, text 3');
  expect(formatsOf({ formats: formats.slice(1) })).toBeNull();
});

test('a saved name has no path and no invisible characters', () => {
  expect(savedName('../../etc/pass\u202ewd')).toBe('pass_wd');
  expect(savedName('C:\\logs\\a.log')).toBe('a.log');
  expect(savedName('..')).toBe('file');
});

test('the groups of a write are its prefixes', () => {
  expect(groupsOf('"files", "stats", "stats:get_stats", "tag:a"')).toEqual(['files', 'stats']);
  expect(groupsOf(null)).toEqual([]);
});

test('retention without rules says that files stay', () => {
  expect(rulesText({ days: null, bytes: null })).toBe('No rule is set: a file stays until it is deleted.');
  expect(rulesText({ days: 30, bytes: 1e9 })).toContain('30 days');
});
