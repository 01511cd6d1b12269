import { chmodSync, existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installPackages } from './apt-get.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

/** An apt-get that refuses to run beside another one, as the real one does for the lock of the package lists. */
const FAKE_APT_GET = `#!/bin/sh
if ! mkdir "$LOCK" 2>/dev/null; then
  touch "$LOCK.refused"
  echo "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 1 (apt-get)" >&2
  exit 100
fi
sleep 0.1
rmdir "$LOCK"
`;

function fakeAptGet(): { env: NodeJS.ProcessEnv; lock: string } {
  const directory = temporaryDirectory();
  const program = join(directory, 'apt-get');
  writeFileSync(program, FAKE_APT_GET);
  chmodSync(program, 0o755);
  const lock = join(directory, 'lock');
  return { env: { PATH: `${directory}:/usr/bin:/bin`, LOCK: lock }, lock };
}

test('two installs of one process run one after the other', async () => {
  const { env } = fakeAptGet();
  const install = () => installPackages(['redis-server'], env, () => undefined);
  await expect(Promise.all([install(), install()])).resolves.toHaveLength(2);
});

test('given a held lock of the package lists, an install waits for it', async () => {
  const { env, lock } = fakeAptGet();
  mkdirSync(lock);
  const installed = installPackages(['redis-server'], env, () => undefined);
  await expect.poll(() => existsSync(`${lock}.refused`)).toBe(true);
  rmdirSync(lock);
  await expect(installed).resolves.toBeUndefined();
});

test('an install after a failed one is tried', async () => {
  const { env } = fakeAptGet();
  const failed = installPackages(['redis-server'], { PATH: '' }, () => undefined);
  const next = installPackages(['redis-server'], env, () => undefined);
  await expect(failed).rejects.toThrow('apt-get');
  await expect(next).resolves.toBeUndefined();
});
