import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { withClient } from './postgres/ping-postgres.ts';
import { isAlive } from './process/identity.ts';
import { poll } from './process/poll.ts';
import type { ServiceEnv } from './services.ts';
import { startServices } from './start-services.ts';
import { temporaryDirectory } from './testing/temporary-directory.ts';

interface Launched {
  launcher: ChildProcess;
  env: ServiceEnv;
  /** Processes and directories that must not outlive the launcher. */
  pids: number[];
  directories: string[];
}

const own = { env: { PATH: process.env['PATH'] }, log: () => undefined };

async function launch(...args: string[]): Promise<Launched> {
  const script = fileURLToPath(new URL('./testing/launcher.ts', import.meta.url));
  const launcher = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void launcher.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: launcher.stdout }), 'line');
  const { env }: { env: ServiceEnv } = JSON.parse(line);
  const redis = await Promise.all([env.REDIS_CACHE_URL, env.REDIS_QUEUE_URL].map(redisFacts));
  const postgres = await withClient(env.DATABASE_URL, async (client) => {
    const answer = await client.query(
      "SELECT pg_read_file('postmaster.pid') AS pid, current_setting('data_directory') AS dir",
    );
    return { pid: Number.parseInt(answer.rows[0].pid, 10), dir: String(answer.rows[0].dir) };
  });
  const facts = [...redis, postgres];
  return { launcher, env, pids: facts.map((fact) => fact.pid), directories: facts.map((fact) => fact.dir) };
}

async function redisFacts(url: string): Promise<{ pid: number; dir: string }> {
  const client = new Redis(url);
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  const answer = await client.config('GET', 'dir');
  client.disconnect();
  return { pid, dir: Array.isArray(answer) ? String(answer[1]) : '' };
}

test('a launcher killed with -9 leaves no server and no throw-away directory', async () => {
  const { launcher, pids, directories } = await launch();
  expect(pids.map(isAlive)).toEqual([true, true, true]);
  launcher.kill('SIGKILL');
  expect(await poll(() => !pids.some(isAlive), { withinMs: 30_000 })).toBe(true);
  expect(await poll(() => !directories.some((path) => existsSync(path)), { withinMs: 30_000 })).toBe(true);
});

test('the start after a killed launcher waits for its clean-up and finds the data', async () => {
  const dataDir = temporaryDirectory();
  const { launcher, env } = await launch(dataDir);
  await withClient(env.DATABASE_URL, (client) => client.query('CREATE TABLE kept AS SELECT 7 AS answer'));
  launcher.kill('SIGKILL');
  await once(launcher, 'exit');

  const services = await startServices({ ...own, dataDir });
  onTestFinished(() => services.stop());
  const rows = await withClient(
    services.env.DATABASE_URL,
    async (client) => (await client.query('SELECT answer FROM kept')).rows,
  );
  expect(rows).toEqual([{ answer: 7 }]);
});

test('a second start on one data directory is rejected with its holder and the flag', async () => {
  const dataDir = temporaryDirectory();
  const services = await startServices({ ...own, dataDir });
  onTestFinished(() => services.stop());
  await expect(startServices({ ...own, dataDir })).rejects.toMatchObject({
    code: 'DATA_DIR_IN_USE',
    message: expect.stringMatching(new RegExp(`${process.pid}.*--data-dir`)),
  });
});

test('a service from the environment is used, and an unreachable one is named', async () => {
  const services = await startServices({ ...own });
  onTestFinished(() => services.stop());
  const again = await startServices({ ...own, env: { ...services.env } });
  expect(again.env).toEqual(services.env);
  expect(again.used.map(({ how }) => how)).toEqual([
    'DATABASE_URL in the environment',
    'REDIS_CACHE_URL in the environment',
    'REDIS_QUEUE_URL in the environment',
  ]);
  await again.stop();
  const unreachable = { ...services.env, REDIS_QUEUE_URL: 'redis://127.0.0.1:1' };
  await expect(startServices({ ...own, env: unreachable })).rejects.toThrow(/REDIS_QUEUE_URL.*ECONNREFUSED/);
});
