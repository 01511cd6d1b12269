import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { ServiceUnavailable } from '../errors.ts';
import { isAlive } from '../process/identity.ts';
import { poll } from '../process/poll.ts';
import { pingElasticsearch } from './ping-elasticsearch.ts';
import { startElasticsearch } from './start-elasticsearch.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'pilotlight-test-'));
const log = (line: string) => void process.stderr.write(`  ${line}\n`);
// Where this machine cannot have the server, these tests are skipped with the reason.
const first = await startElasticsearch({ dataDir, log }).catch((error: unknown) => {
  if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
  log(error.message);
  return null;
});
const real = test.skipIf(first === null);

afterAll(async () => {
  await first?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

async function count(url: string): Promise<unknown> {
  return await (await fetch(`${url}/kept/_count`)).json();
}

real('the next server finds a persistent data directory', async () => {
  if (first === null) throw new Error('expected a running server');
  const stored = await fetch(`${first.url}/kept/_doc/1?refresh=true`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"answer":7}',
  });
  expect(stored.status).toBe(201);
  await first.stop();
  await expect(pingElasticsearch(first.url)).rejects.toThrow();

  const second = await startElasticsearch({ dataDir });
  onTestFinished(() => second.stop());
  expect(await count(second.url)).toMatchObject({ count: 1 });
});

real('a launcher killed with -9 leaves no server and no throw-away directory', async () => {
  const script = fileURLToPath(new URL('../testing/elasticsearch-launcher.ts', import.meta.url));
  const launcher = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void launcher.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: launcher.stdout }), 'line');
  const { url, pid, directory }: { url: string; pid: number; directory: string } = JSON.parse(line);
  await pingElasticsearch(url);
  expect([isAlive(pid), existsSync(directory)]).toEqual([true, true]);
  launcher.kill('SIGKILL');
  expect(await poll(() => !isAlive(pid), { withinMs: 300_000 })).toBe(true);
  expect(await poll(() => !existsSync(directory), { withinMs: 300_000 })).toBe(true);
  await expect(pingElasticsearch(url)).rejects.toThrow(/ECONNREFUSED/);
});
