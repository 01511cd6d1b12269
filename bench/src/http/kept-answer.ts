import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { request } from 'undici';
import type { Requests } from './load/requests.ts';
import { pathsOf } from './load/requests.ts';
import { CORES, type ServerProcess, startScript } from './server-process.ts';

/** An answer that was read once, to be sent by another server. */
export interface KeptAnswer {
  readonly status: number;
  /** Without the headers that Node adds to each answer. */
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body: string;
}

const ADDED_BY_NODE = ['date', 'connection', 'keep-alive', 'transfer-encoding'];

/** Sends the first of the requests, and returns its answer. Rejects if the status is another one. */
export async function readAnswer(url: string, requests: Requests, expected = 200): Promise<KeptAnswer> {
  const { method, body, headers } = requests;
  const path = pathsOf(requests.paths)();
  const answer = await request(url + path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body }),
  });
  const bytes = Buffer.from(await answer.body.arrayBuffer());
  if (answer.statusCode !== expected) {
    throw new Error(
      `${method} ${url}${path}: expected ${expected}, got ${answer.statusCode}: ${bytes.toString().slice(0, 300)}`,
    );
  }
  const kept = Object.entries(answer.headers).filter(([name]) => !ADDED_BY_NODE.includes(name));
  return {
    status: answer.statusCode,
    headers: Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    body: bytes.toString('base64'),
  };
}

/** Starts a server that has the answer in the file `BENCH_ANSWER`. */
export async function startWithAnswer(
  script: string,
  answer: KeptAnswer,
  { directory, name, env = {} }: { directory: string; name: string; env?: Record<string, string> },
): Promise<ServerProcess> {
  const file = join(directory, `${name.replaceAll(/\W/g, '-')}.json`);
  writeFileSync(file, JSON.stringify(answer));
  return await startScript(`bench/src/http/servers/${script}`, { ...env, BENCH_ANSWER: file }, { core: CORES.server });
}
