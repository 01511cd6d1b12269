import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

/** Calls `installWhatIsMissing` in a process with a fake `npx` that records its arguments and exits with `npxExit`. */
function install(root: string, npxExit = 0): { output: string; status: number | null; calls: string[] } {
  const bin = join(root, 'fake-bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\necho "$@" >> ${root}/calls\necho no network >&2\nexit ${npxExit}\n`, {
    mode: 0o755,
  });
  const code = `import { installWhatIsMissing } from ${JSON.stringify(join(import.meta.dirname, 'install.mjs'))};
    installWhatIsMissing(process.argv[1], console.log).catch((error) => { console.log(error.message); process.exit(1); });`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code, root], {
    encoding: 'utf8',
    env: { PATH: `${bin}:/usr/bin:/bin` },
  });
  return { output: stdout + stderr, status, calls: linesOf(join(root, 'calls')) };
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trim().split('\n');
  } catch {
    // npx was not called.
    return [];
  }
}

function repository(): string {
  const root = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeFileSync(join(root, 'package.json'), JSON.stringify({ packageManager: 'pnpm@1.2.3' }));
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'lock: 1\n');
  writeFileSync(join(root, 'pnpm-workspace.yaml'), 'packages: []\n');
  mkdirSync(join(root, 'node_modules', 'node', 'bin'), { recursive: true });
  writeFileSync(join(root, 'node_modules', 'node', 'bin', 'node'), '');
  return root;
}

test('installs once, not again for the same lockfile, and again when it changes', () => {
  const root = repository();
  expect(install(root).calls).toEqual(['--yes pnpm@1.2.3 install --frozen-lockfile --prod=false']);
  expect(install(root).calls).toHaveLength(1);
  writeFileSync(join(root, 'pnpm-lock.yaml'), 'lock: 2\n');
  expect(install(root).calls).toHaveLength(2);
});

test('a failed installation prints the output and the requirements, and is retried next time', () => {
  const root = repository();
  const failed = install(root, 3);
  expect(failed.status).toBe(1);
  expect(failed.output).toMatch(/exited with 3[\s\S]*no network[\s\S]*npm registry/);
  expect(install(root).calls).toHaveLength(2);
});
