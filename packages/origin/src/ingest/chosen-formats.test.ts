import { expect, test } from 'vitest';
import { UnreadableFile } from './errors.ts';
import { readAll } from './testing/read-all.ts';

const SHAPE = JSON.stringify({ name: 'pairs', pattern: '(?<key>\\w+),(?<message>\\w+)' });

test('a file with a shape of its own is read by it, although it looks like a table', async () => {
  const text = 'a,b\n1,2\n';
  expect((await readAll(text)).summary).toMatchObject({ format: 'csv', records: 1 });
  const { summary, records } = await readAll(text, { shape: SHAPE });
  expect(summary).toMatchObject({ format: 'pairs', formats: [{ name: 'pairs', records: 2 }], unparsed: 0 });
  expect(records.map(({ message, fields }) => [message, fields])).toEqual([
    ['b', { key: 'a' }],
    ['2', { key: '1' }],
  ]);
});

test('lines that the chosen format does not know are read by the others', async () => {
  const { summary } = await readAll('a,b\n2026-03-01 10:00:00 INFO app: started\n', { shape: SHAPE });
  expect(summary.formats.map(({ name }) => name).sort()).toEqual(['application', 'pairs']);
});

test('a line that two formats know is read by the one that the upload names', async () => {
  const text = 'level=info msg="2026-03-01 10:00:00 ERROR app: no"\n';
  expect((await readAll(text)).summary.format).toBe('logfmt');
  expect((await readAll('{"a":1}\n', { format: 'logfmt' })).summary.format).toBe('ndjson');
  expect((await readAll(text, { format: 'logfmt' })).summary.format).toBe('logfmt');
});

test('a format that this release does not know is the reason why the file fails', async () => {
  await expect(readAll('x\n', { format: 'gone' })).rejects.toThrow(UnreadableFile);
  await expect(readAll('x\n', { format: 'gone' })).rejects.toThrow(/expected the name of a format of lines, got gone/);
  await expect(readAll('x\n', { shape: '{}' })).rejects.toThrow(UnreadableFile);
});
