import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { testServices } from '@pilotlight/stack/vitest';
import { expect } from 'vitest';

const STARTS_WITHIN_MS = 120_000;

/**
 * Starts the `server.ts` of a project and sends two requests to its route. Expects the second response to be a hit with
 * the body of the first.
 */
export async function expectHitOnSecondRequest(project: string): Promise<void> {
  const { REDIS_CACHE_URL, REDIS_QUEUE_URL } = testServices();
  // Uses separate Redis databases: in those of other tests it would be one more of their processes.
  const own = (url: string) => String(new URL('/9', url));
  const urls = { REDIS_CACHE_URL: own(REDIS_CACHE_URL), REDIS_QUEUE_URL: own(REDIS_QUEUE_URL) };
  const child = spawn(process.execPath, ['server.ts'], {
    cwd: project,
    env: { ...process.env, ...urls, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await portSaidBy(child.stdout);
    // The key is in Redis, where a server of another project may have left its answer.
    const url = `http://127.0.0.1:${port}/report?day=${randomUUID()}`;
    const [first, second] = [await fetch(url), await fetch(url)];
    const report = await first.json();
    expect(report).toEqual({ day: expect.any(String), computedAt: expect.any(String) });
    expect(await second.json()).toEqual(report);
    expect(first.headers.get('cache-status')).toContain('fwd=');
    expect(second.headers.get('cache-status')).toContain('; hit');
  } finally {
    child.kill();
  }
}

async function portSaidBy(output: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: output, signal: AbortSignal.timeout(STARTS_WITHIN_MS) })) {
    const port = /port: (\d+)/.exec(line)?.[1];
    if (port !== undefined) return Number(port);
  }
  throw new Error('expected the server to print its port, but it printed none');
}
