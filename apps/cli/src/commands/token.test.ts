import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, parseTokens } from '@pilotlight/runtime';
import { expect, onTestFinished, test } from 'vitest';
import { EXIT_CODES } from '../exit-codes.ts';
import { runCommand } from '../testing/run-command.ts';

function pathOfTest(): string {
  const directory = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'tokens');
}

const create = async (...args: string[]) => {
  const { code, out, err } = await runCommand(['token', 'create', ...args, '--json']);
  expect({ code, err }).toEqual({ code: EXIT_CODES.done, err: '' });
  return JSON.parse(out) as { token: string; line: string };
};

test('a new token has 256 random bits, and its line only the digest', async () => {
  const args = ['ci', '--role', 'write', '--expires', '2027-01-31', '--rate', '600', '--uploads', '2'];
  const { token, line } = await create(...args);
  expect(token).toMatch(/^pl_[\w-]{43}$/);
  expect(line).not.toContain(token.slice(3));
  expect(parseTokens(line)).toEqual([
    {
      name: 'ci',
      role: 'write',
      digest: digestOf(token),
      expiresAt: Date.parse('2027-01-31'),
      ratePerMinute: 600,
      uploadsAtATime: 2,
    },
  ]);
  expect((await create(...args)).token).not.toBe(token);
});

test('--file adds the line to the others, readable by the owner only, and list shows no digest', async () => {
  const path = pathOfTest();
  const first = await create('ci', '--role', 'write', '--file', path);
  const second = await create('ci', '--role', 'admin', '--expires', '1d', '--file', path);
  expect(readFileSync(path, 'utf8')).toBe(`${first.line}\n${second.line}\n`);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const { code, out } = await runCommand(['token', 'list', path]);
  expect(code).toBe(EXIT_CODES.done);
  expect(out).toMatch(/^ci +write {2}does not expire\nci +admin {2}expires 20/);
  expect(out).not.toContain('sha256');
});

test('a broken file is refused with the line, and stays unchanged', async () => {
  const path = pathOfTest();
  writeFileSync(path, '# ours\nci write plain\n');
  for (const args of [
    ['token', 'list', path],
    ['token', 'create', 'x', '--role', 'read', '--file', path],
  ]) {
    const { code, err } = await runCommand(args);
    expect(code).toBe(EXIT_CODES.invalid);
    expect(err).toContain('line 2: expected "sha256:"');
  }
  expect(readFileSync(path, 'utf8')).toBe('# ours\nci write plain\n');
});

test.for([
  [['a b', '--role', 'read'], '<name>: expected 1 to 64 letters'],
  [['ci', '--role', 'root'], 'Allowed choices are read, write, admin'],
  [['ci', '--role', 'read', '--expires', 'soon'], '--expires: expected a date'],
  [['ci', '--role', 'read', '--rate', '0'], '"rate=" with a whole number'],
] as const)('token create %j exits with 2 and says why', async ([args, message]) => {
  const { code, out, err } = await runCommand(['token', 'create', ...args]);
  expect({ code, out }).toEqual({ code: EXIT_CODES.invalid, out: '' });
  expect(err).toContain(message);
});

test('given a path that cannot be used, a command names it and ends with 2', async () => {
  const missing = join(pathOfTest(), 'none', 'tokens');
  for (const args of [
    ['list', missing],
    ['create', 'ci', '--role', 'read', '--file', missing],
  ]) {
    const { code, err } = await runCommand(['token', ...args]);
    expect([code, err]).toEqual([
      EXIT_CODES.invalid,
      expect.stringMatching(/^\S+tokens(\.new)?: expected a path that can be used, got .*\n$/),
    ]);
  }
  const { code, err } = await runCommand(['upload', tmpdir()]);
  expect([code, err]).toEqual([
    EXIT_CODES.invalid,
    `${tmpdir()}: expected a file that can be read, got "a directory"\n`,
  ]);
});
