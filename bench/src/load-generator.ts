import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const CONNECTIONS = 32;
const SECONDS = 4;

/** Returns the requests per second that a server answers to 32 connections from another core. */
export async function requestsPerSecond(url: string): Promise<number> {
  const autocannon = fileURLToPath(import.meta.resolve('autocannon'));
  const command = [process.execPath, autocannon, '-c', String(CONNECTIONS), '-d', String(SECONDS), '--json', url];
  const [file = '', ...args] = process.platform === 'linux' ? ['taskset', '-c', '1', ...command] : command;
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  const { requests, non2xx } = JSON.parse(output) as { requests: { average: number }; non2xx: number };
  if (non2xx > 0) throw new Error(`${url}: expected only 2xx responses, got ${non2xx} others`);
  return requests.average;
}
