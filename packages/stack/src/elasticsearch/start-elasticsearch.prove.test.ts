import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ServiceUnavailable } from '../errors.ts';
import { isAlive } from '../process/identity.ts';
import { poll } from '../process/poll.ts';
import { canFetchDistribution } from './distribution.ts';
import { findJava } from './find-java.ts';
import { pingElasticsearch } from './ping-elasticsearch.ts';
import { startElasticsearch } from './start-elasticsearch.ts';
import { elasticsearchContract } from './testing/elasticsearch-contract.ts';

const log = (line: string) => void process.stderr.write(`  ${line}\n`);
// Where this machine cannot have the server, these tests are skipped with the reason.
const hasPrograms = findJava(process.env) !== null && canFetchDistribution(process.env) === true;
const isMissing = hasPrograms ? false : await isUnavailable();

async function isUnavailable(): Promise<boolean> {
  try {
    await (await startElasticsearch({ log })).stop();
    return false;
  } catch (error) {
    if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
    log(error.message);
    return true;
  }
}

describe.skipIf(isMissing)('on this machine', () => {
  elasticsearchContract((dataDir) => startElasticsearch({ dataDir, log }));
});

test.skipIf(isMissing)('a launcher killed with -9 leaves no server and no throw-away directory', async () => {
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
