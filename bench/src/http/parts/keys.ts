import { interleaved } from '../../engine/rounds.ts';
import type { Row } from '../../row.ts';
import { readAnswer } from '../kept-answer.ts';
import { type Load, wrk } from '../load/wrk.ts';
import { comparedRow } from '../report.ts';
import { CORES, startScript } from '../server-process.ts';
import type { HttpStage } from '../stage.ts';

const CONNECTIONS = 32;
const FEWEST = 10;
/** Throughput may be this share of that with few keys, whatever the number of keys. */
const FLAT = 0.9;
const KEYS = { quick: [1_000, 100_000], full: [1_000, 100_000, 1_000_000] };
const PREFIX = '/answer?n=';
const FILL_SECONDS = 5;

/** Compares the hits of many keys with those of ten, all in the memory of one process. */
export async function keys(stage: HttpStage): Promise<Row[]> {
  const { quick, seconds, log } = stage;
  const counts = quick ? KEYS.quick : KEYS.full;
  const flags = ['--max-old-space-size=8192'];
  const server = await startScript('bench/src/http/servers/keys-server.ts', {}, { core: CORES.server, flags });
  const load = (paths: Load['requests']['paths']) => ({
    url: server.url,
    serverPid: server.pid,
    connections: CONNECTIONS,
    requests: { method: 'GET' as const, headers: {}, paths },
  });
  try {
    await fill(stage, Math.max(...counts), load);
    const measure = (count: number) => wrk(stage.wrk, { ...load({ kind: 'random', prefix: PREFIX, count }), seconds });
    await measure(FEWEST);
    const samples = await interleaved([FEWEST, ...counts], stage.rounds, measure, (round, each) => {
      const shown = [...each].map(
        ([count, results]) => `${count} keys ${Math.round(results.at(-1)?.perSecond ?? 0)}/s`,
      );
      log(`round ${round} of ${stage.rounds}: ${shown.join(', ')}`);
    });
    const few = samples.get(FEWEST) ?? [];
    return counts.map((count) =>
      comparedRow(`hits of ${count.toLocaleString('en')} random keys in memory, 0.3 kB`, {
        ours: samples.get(count) ?? [],
        theirs: few,
        against: `hits of ${FEWEST} keys`,
        goal: FLAT,
      }),
    );
  } finally {
    await server.stop();
  }
}

/** Asks for each key once, in pieces, until the last one is a hit. */
async function fill(
  { wrk: program, log }: HttpStage,
  count: number,
  load: (paths: Load['requests']['paths']) => Omit<Load, 'seconds'>,
): Promise<void> {
  let from = 0;
  while (from < count) {
    const { requests, ...where } = load({ kind: 'counter', prefix: PREFIX, from });
    const { perSecond } = await wrk(program, { ...where, requests, seconds: FILL_SECONDS });
    // The requests in flight at the end were sent but not counted; they are asked for again.
    from += Math.floor(perSecond * FILL_SECONDS);
    log(`filled ${Math.min(from, count).toLocaleString('en')} of ${count.toLocaleString('en')} keys`);
  }
  const { url } = load({ kind: 'list', paths: [] });
  const last = { method: 'GET', headers: {}, paths: { kind: 'list', paths: [`${PREFIX}${count - 1}`] } } as const;
  const { headers } = await readAnswer(url, last);
  if (!headers['cache-status']?.includes('hit'))
    throw new Error(`expected key ${count - 1} in memory, got ${headers['cache-status']}`);
}
