import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '@pilotlight/runtime';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { TokensFile } from './tokens-file.ts';

const LIMIT = { timeout: 30_000 };

const line = (name: string) => `${name} read sha256:${digestOf(name).toString('hex')}\n`;

function openFile(content: string) {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'tokens');
  const write = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  write(content);
  const lines: { level: number; msg: string }[] = [];
  let names: string[] = [];
  const file = new TokensFile({
    path,
    logger: pino({ level: 'info' }, { write: (text: string) => lines.push(JSON.parse(text)) }),
    onChange: (tokens) => {
      names = tokens.map(({ name }) => name);
    },
  });
  onTestFinished(() => file.close());
  return {
    write,
    path,
    remove: () => rmSync(path),
    names: () => names,
    errors: () => lines.filter((l) => l.level >= 50),
  };
}

test('given a changed file, its tokens replace the ones before', async () => {
  const file = openFile(line('first'));
  expect(file.names()).toEqual(['first']);
  file.write(line('second'));
  await vi.waitUntil(() => file.names()[0] === 'second', LIMIT);
  expect(file.errors()).toEqual([]);
});

test('given a broken file, the tokens before stay and the log names line and reason once', async () => {
  const file = openFile(line('first'));
  file.write(`${line('second')}third read plain-token\n`);
  await vi.waitUntil(() => file.errors().length > 0, LIMIT);
  expect(file.names()).toEqual(['first']);
  expect(file.errors()[0]?.msg).toMatch(/tokens: line 2: expected "sha256:" .*; the tokens read before stay in force/);
  file.write(line('corrected'));
  await vi.waitUntil(() => file.names()[0] === 'corrected', LIMIT);
  expect(file.errors()).toHaveLength(1);
});

test('given a file that is gone or empty, the tokens before stay', async () => {
  const file = openFile(line('first'));
  file.remove();
  await vi.waitUntil(() => file.errors().length === 1, LIMIT);
  file.write('');
  await vi.waitUntil(() => file.errors().length === 2, LIMIT);
  expect(file.names()).toEqual(['first']);
});

test.for(['', 'first read plain-token'])('given the file %j at the start, the process refuses to start', (content) => {
  expect(() => openFile(content)).toThrow(/TOKENS_FILE: .*tokens: /);
});
