import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lockDataDir } from './data-dir-lock.ts';
import { identityOf } from './process/identity.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

const options = { supervisorPid: null, log: () => undefined };

test('a data directory is locked until it is released', async () => {
  const dataDir = temporaryDirectory();
  const lock = await lockDataDir(dataDir, options);
  await expect(lockDataDir(dataDir, options)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
  lock.release();
  const next = await lockDataDir(dataDir, options);
  next.release();
  expect(readdirSync(dataDir)).toEqual([]);
});

test('of many launchers that find a stale lock at once, exactly one gets the directory', async () => {
  const dataDir = temporaryDirectory();
  writeFileSync(
    join(dataDir, 'launcher.lock'),
    JSON.stringify({ launcher: { pid: 1, identity: 'of an earlier boot' } }),
  );
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockDataDir(dataDir, options)));
  expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(1);
});

test('a lock is stale if it is truncated or another process has its pid', async () => {
  const dataDir = temporaryDirectory();
  const file = join(dataDir, 'launcher.lock');
  for (const left of [
    JSON.stringify({ launcher: { pid: process.pid, identity: `not ${identityOf(process.pid)}` } }),
    '{"launcher":',
  ]) {
    writeFileSync(file, left);
    const lock = await lockDataDir(dataDir, options);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ launcher: { pid: process.pid } });
    lock.release();
  }
});

test.for(['/proc/nope', '/proc/nope/deeper', '/dev/null/data'])(
  'given %s, which cannot be created, the error names it and the alternatives',
  async (dataDir) => {
    const refused = lockDataDir(dataDir, options);
    await expect(refused).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' });
    await expect(refused).rejects.toThrow(new RegExp(`${dataDir} cannot be created: .*--data-dir.*--ephemeral`));
  },
);

test('a data directory is created with its missing parents', async () => {
  const dataDir = join(temporaryDirectory(), 'a', 'b');
  const lock = await lockDataDir(dataDir, options);
  expect(readdirSync(dataDir)).toEqual(['launcher.lock']);
  lock.release();
});
