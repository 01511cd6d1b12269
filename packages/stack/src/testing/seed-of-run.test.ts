import { execFileSync } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { seedOfRun } from './seed-of-run.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const settings = ['user.name=a', 'user.email=a@example.com', 'commit.gpgsign=false', 'core.hooksPath=/dev/null'];
const git = (folder: string, ...args: string[]): string =>
  execFileSync('git', [...settings.flatMap((one) => ['-c', one]), ...args], { cwd: folder, encoding: 'utf8' });
// In a hook of git they name the repository of the hook.
for (const name of Object.keys(process.env)) if (name.startsWith('GIT_')) vi.stubEnv(name, undefined);

test('in CI a commit has one seed, and another commit has another', () => {
  const folder = temporaryDirectory();
  git(folder, 'init', '-q');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'first');
  const first = seedOfRun({ CI: 'true' }, folder);
  expect(first).toBe(Number.parseInt(git(folder, 'rev-parse', 'HEAD').slice(0, 7), 16));
  expect(seedOfRun({ CI: 'true' }, folder)).toBe(first);

  git(folder, 'commit', '-q', '--allow-empty', '-m', 'second');
  expect(seedOfRun({ CI: 'true' }, folder)).not.toBe(first);
});

test('elsewhere, and outside a repository, each run has a new seed', () => {
  const folder = temporaryDirectory();
  for (const env of [{}, { SEED: '' }, { CI: 'true' }]) {
    const seeds = Array.from({ length: 4 }, () => seedOfRun(env, folder));
    expect(new Set(seeds).size).toBeGreaterThan(1);
    expect(seeds.every(Number.isSafeInteger)).toBe(true);
  }
});

test('SEED selects a seed, and is refused if it is not a whole number', () => {
  expect(seedOfRun({ SEED: '4711', CI: 'true' }, '.')).toBe(4711);
  expect(() => seedOfRun({ SEED: 'x' }, '.')).toThrow('SEED: expected a whole number, got "x"');
});
