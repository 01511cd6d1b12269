import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { shapesOf } from './formats-config.ts';

function fileOf(text: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'formats-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'formats.json');
  writeFileSync(path, text);
  return path;
}

test('without FORMATS_FILE there are no shapes of users', () => {
  expect(shapesOf({})).toEqual([]);
});

test('the shapes of FORMATS_FILE are read', () => {
  const path = fileOf('[{"name":"tickets","pattern":"<%{WORD:level}> %{GREEDYDATA:message}"}]');
  expect(shapesOf({ FORMATS_FILE: path })).toMatchObject([{ name: 'tickets', family: 'yours' }]);
});

test.each([
  ['no file', '/nowhere/formats.json', /FORMATS_FILE: expected a file that this process can read, got "ENOENT/],
  ['no JSON', fileOf.bind(null, '['), /FORMATS_FILE: .*formats.json: expected JSON/],
  [
    'a slow pattern',
    fileOf.bind(null, '[{"name":"a","pattern":"(?<x>(?:a+)+)b"}]'),
    /shape 1 \(a\): expected a pattern whose/,
  ],
])('%s is refused with the name of the variable', (_name, given, message) => {
  const path = typeof given === 'string' ? given : given();
  const read = () => shapesOf({ FORMATS_FILE: path });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(message);
});
