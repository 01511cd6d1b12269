import type { Row } from '../../row.ts';
import { rowOfRounds, withGenerator } from '../../row.ts';
import { readAnswer } from '../kept-answer.ts';
import type { Requests } from '../load/requests.ts';
import { type LoadSample, wrk } from '../load/wrk.ts';
import { leastSpare } from '../report.ts';
import type { HttpStage } from '../stage.ts';

/** How many times faster a hit has to be than its load. */
const ENDPOINTS = [
  { id: 'stats', method: 'GET', path: '/api/stats', goal: 500 },
  { id: 'search', method: 'POST', path: '/api/search', body: '{"q":"checkout","level":"ERROR"}', goal: 60 },
  { id: 'files', method: 'GET', path: '/api/files', goal: 30 },
] as const;

/** A miss over all lines may take a second, and a sample needs several. */
const MISS_SECONDS = { quick: 3, full: 5 };

/** Compares a hit with a miss over all lines and files, one request at a time. */
export async function headline(stage: HttpStage): Promise<Row[]> {
  const rows: Row[] = [];
  for (const endpoint of ENDPOINTS) {
    const { id, goal } = endpoint;
    const samples: { hit: LoadSample[]; miss: LoadSample[] } = { hit: [], miss: [] };
    for (let round = 1; round <= stage.rounds; round++) {
      samples.miss.push(await sample(stage, endpoint, '?cache=false'));
      samples.hit.push(await sample(stage, endpoint, ''));
      const [hit, miss] = [samples.hit.at(-1), samples.miss.at(-1)].map((each) => (each?.p50Ms ?? 0).toFixed(3));
      stage.log(`round ${round} of ${stage.rounds}: ${id} hit ${hit} ms, miss ${miss} ms`);
    }
    const measured = {
      id: `${id}: a hit`,
      unit: 'ms',
      ours: samples.hit.map(({ p50Ms }) => p50Ms),
      against: `a miss over ${stage.lines.toLocaleString('en')} lines in ${stage.files.toLocaleString('en')} files`,
      theirs: samples.miss.map(({ p50Ms }) => p50Ms),
      goal,
    };
    rows.push(withGenerator(rowOfRounds(measured, 'lower'), leastSpare([...samples.hit, ...samples.miss])));
  }
  return rows;
}

async function sample(
  { api, headers, quick, wrk: program, seconds }: HttpStage,
  endpoint: (typeof ENDPOINTS)[number],
  suffix: string,
): Promise<LoadSample> {
  const requests: Requests = {
    method: endpoint.method,
    headers,
    ...('body' in endpoint && { body: endpoint.body }),
    paths: { kind: 'list', paths: [endpoint.path + suffix] },
  };
  const { headers: answered } = await readAnswer(api.url, requests).then(() => readAnswer(api.url, requests));
  const expected = suffix === '' ? 'detail=memory' : 'fwd=bypass';
  if (!answered['cache-status']?.includes(expected)) {
    throw new Error(`${endpoint.path}${suffix}: expected ${expected}, got ${answered['cache-status']}`);
  }
  const forSeconds = suffix === '' ? seconds : quick ? MISS_SECONDS.quick : MISS_SECONDS.full;
  return await wrk(program, { url: api.url, requests, connections: 1, seconds: forSeconds, serverPid: api.pid });
}
