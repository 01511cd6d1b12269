import { interleaved } from '../../engine/rounds.ts';
import type { Row } from '../../row.ts';
import { withProgress } from '../../scale/progress.ts';
import { readAnswer } from '../kept-answer.ts';
import type { Paths } from '../load/requests.ts';
import { wrk } from '../load/wrk.ts';
import { comparedRow } from '../report.ts';
import { CORES, type ServerProcess, startScript } from '../server-process.ts';
import type { HttpStage } from '../stage.ts';

const CONNECTIONS = 32;
const FEWEST = 10;
/** Throughput may be this share of that with few keys, whatever the number of keys. */
const FLAT = 0.9;
const KEYS = { quick: [1_000, 100_000], full: [1_000, 100_000, 1_000_000] };
const PREFIX = '/answer?n=';

/** Compares the hits of many keys with those of ten, all in the memory of one process. */
export async function keys(stage: HttpStage): Promise<Row[]> {
  const { quick, seconds, rounds, log } = stage;
  const counts = quick ? KEYS.quick : KEYS.full;
  const server = await startFilled(Math.max(...counts), log);
  try {
    const measure = (count: number) => {
      const requests = requestsOf({ kind: 'random', prefix: PREFIX, count });
      return wrk(stage.wrk, { url: server.url, serverPid: server.pid, connections: CONNECTIONS, requests, seconds });
    };
    await withProgress(log, 'asking for each key once', () => askForEach(stage, server, Math.max(...counts)));
    for (const count of [FEWEST, ...counts]) await measure(count);
    const samples = await interleaved([FEWEST, ...counts], rounds, measure, (round, each) => {
      const shown = [...each].map(
        ([count, results]) => `${count} keys ${Math.round(results.at(-1)?.perSecond ?? 0)}/s`,
      );
      log(`round ${round} of ${rounds}: ${shown.join(', ')}`);
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

/** The first request of a URL passes Express, in every number of keys. */
async function askForEach(stage: HttpStage, server: ServerProcess, count: number): Promise<void> {
  for (let from = 0; from < count; ) {
    const requests = requestsOf({ kind: 'counter', prefix: PREFIX, from });
    from += (await wrk(stage.wrk, { url: server.url, connections: CONNECTIONS, requests, seconds: 2 })).requests;
  }
}

/** Starts the server and checks that its last key is a hit. */
async function startFilled(count: number, log: HttpStage['log']): Promise<ServerProcess> {
  const env = { BENCH_KEYS: String(count) };
  const how = { core: CORES.server, flags: ['--max-old-space-size=8192'] };
  const server = await withProgress(log, `filling ${count.toLocaleString('en')} keys`, () =>
    startScript('bench/src/http/servers/keys-server.ts', env, how),
  );
  const last = requestsOf({ kind: 'list', paths: [`${PREFIX}${count - 1}`] });
  const { headers } = await readAnswer(server.url, last);
  if (headers['cache-status']?.includes('detail=memory')) return server;
  await server.stop();
  throw new Error(`expected key ${count - 1} in memory, got ${headers['cache-status']}`);
}

const requestsOf = (paths: Paths) => ({ method: 'GET' as const, headers: {}, paths });
