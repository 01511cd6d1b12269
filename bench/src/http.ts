import { startServices } from '@pilotlight/stack';
import { request } from 'undici';
import { accessLines } from './access-lines.ts';
import { requestsPerSecond } from './load-generator.ts';
import { median, type Row, row } from './row.ts';
import { startBareServer, startProcess } from './server-process.ts';
import type { SuiteOptions } from './suite.ts';

const ENDPOINTS = [
  { id: 'stats', method: 'GET', path: '/api/stats', goal: 500 },
  { id: 'search', method: 'POST', path: '/api/search', body: '{"q":"checkout","level":"ERROR"}', goal: 60 },
  { id: 'files', method: 'GET', path: '/api/files', goal: 30 },
] as const;
const MISSES = 7;
const HITS = 2_000;
const ROUNDS = 5;

/** Measures the whole service: a hit against a miss, and a hit against sending the same bytes. */
export async function http({ quick, log }: SuiteOptions): Promise<Row[]> {
  const lines = quick ? 100_000 : 1_000_000;
  const services = await startServices({ ephemeral: true, log });
  const env = { ...services.env, LOG_LEVEL: 'info', UPLOAD_MAX_BYTES: String(2 ** 30) };
  const api = await startProcess('apps/api/src/server.ts', { ...env, PORT: '0' }, { core: 0 });
  const worker = await startProcess('apps/worker/src/worker.ts', env, {});
  try {
    const base = await api.url();
    log(`uploading and indexing ${lines.toLocaleString('en')} lines`);
    await uploadLines(base, lines);
    return [...(await hitsAgainstMisses(base, lines)), await hitsAgainstBareServer(base, log)];
  } finally {
    await worker.stop();
    await api.stop();
    await services.stop();
  }
}

async function hitsAgainstMisses(base: string, lines: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const { id, method, path, goal, ...rest } of ENDPOINTS) {
    const ask = async (suffix: string) => {
      const began = performance.now();
      const answer = await request(`${base}${path}${suffix}`, {
        method,
        ...rest,
        ...('body' in rest && { headers: { 'content-type': 'application/json' } }),
      });
      await answer.body.arrayBuffer();
      if (answer.statusCode !== 200) throw new Error(`${method} ${path}: expected 200, got ${answer.statusCode}`);
      return performance.now() - began;
    };
    const misses = await inTurn(MISSES, () => ask('?cache=false'));
    await ask('');
    const hits = await inTurn(HITS, () => ask(''));
    rows.push(
      row(
        {
          id: `${id} hit`,
          unit: 'ms',
          ours: median(hits),
          against: `a miss over ${lines.toLocaleString('en')} lines`,
          theirs: median(misses),
          goal,
        },
        'lower',
      ),
    );
  }
  return rows;
}

async function hitsAgainstBareServer(base: string, log: SuiteOptions['log']): Promise<Row> {
  const answer = await request(`${base}/api/stats`);
  const bare = await startBareServer(Buffer.from(await answer.body.arrayBuffer()), answer.headers, { core: 0 });
  try {
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      ours.push(await requestsPerSecond(`${base}/api/stats`));
      theirs.push(await requestsPerSecond(await bare.url()));
      log(`round ${round} of ${ROUNDS}: ${ours.at(-1)} hits/s, bare server ${theirs.at(-1)}/s`);
    }
    return row({
      id: 'stats hit',
      unit: 'requests/s',
      ours: median(ours),
      against: 'a bare node:http server, same bytes and headers',
      theirs: median(theirs),
      goal: 0.9,
    });
  } finally {
    await bare.stop();
  }
}

async function uploadLines(base: string, lines: number): Promise<void> {
  const form = new FormData();
  form.append('file', new Blob([...accessLines(lines)].map((block) => new Uint8Array(block))), 'access.log');
  const answer = await fetch(`${base}/api/upload`, { method: 'POST', body: form, headers: { prefer: 'wait=60' } });
  const { file } = (await answer.json()) as { file: { id: string } };
  for (;;) {
    const now = (await (await fetch(`${base}/api/files/${file.id}`)).json()) as {
      file: { status: string; error: string | null };
    };
    if (now.file.status === 'indexed') return;
    if (now.file.status === 'failed') throw new Error(`the upload failed: ${now.file.error}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function inTurn(times: number, work: () => Promise<number>): Promise<number[]> {
  const results: number[] = [];
  for (let i = 0; i < times; i++) results.push(await work());
  return results;
}
