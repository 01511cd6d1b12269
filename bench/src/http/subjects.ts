import { type KeptAnswer, readAnswer, startWithAnswer } from './kept-answer.ts';
import type { Requests } from './load/requests.ts';
import { UniquePaths } from './load/unique-paths.ts';
import type { Load } from './load/wrk.ts';
import { EXPRESS_PEERS, PROXIES } from './others.ts';
import type { SubjectName } from './report.ts';
import type { ServerProcess } from './server-process.ts';
import { startProxy } from './servers/proxies.ts';
import type { HttpStage } from './stage.ts';
import { ABSENT, type Targets } from './targets.ts';

/** Something that answers requests, and the requests. */
export interface Subject {
  readonly name: SubjectName;
  /** Whether each of its requests is a load at the origin. */
  readonly isMiss: boolean;
  /** Returns the load of one measurement. */
  load(): Omit<Load, 'connections' | 'seconds'>;
  /** Makes the next requests hits, and checks that they are. */
  prime(): Promise<void>;
}

export interface Subjects {
  readonly subjects: readonly Subject[];
  /** Why a subject is not there. */
  readonly missing: ReadonlyMap<SubjectName, string>;
  close(): Promise<void>;
}

const AT_A_TIME = 16;
const ATTEMPTS = 50;
const PAUSE_MS = 20;

/** Starts all servers that are compared for one size of answer. */
export async function openSubjects(stage: HttpStage, targets: Targets): Promise<Subjects> {
  const opening = new Opening(stage);
  try {
    await openOurs(opening, stage, targets);
    await openBare(opening, stage, targets);
    await openProxies(opening, stage, targets);
    await openPeers(opening, stage, targets);
    return opening;
  } catch (error) {
    await opening.close();
    throw error;
  }
}

class Opening implements Subjects {
  readonly subjects: Subject[] = [];
  readonly missing = new Map<SubjectName, string>();
  readonly #servers: ServerProcess[] = [];
  readonly #directory: string;

  constructor({ directory }: HttpStage) {
    this.#directory = directory;
  }

  add(
    name: SubjectName,
    server: ServerProcess,
    requests: Requests,
    check: (answer: KeptAnswer) => void,
    expected = 200,
  ): void {
    const prime = () => primeAll(server.url, requests, { check, expected });
    const load = () => ({ url: server.url, requests, serverPid: server.pid });
    this.subjects.push({ name, isMiss: false, load, prime });
  }

  /** Adds a subject each of whose requests is another one. */
  addUnique(name: SubjectName, { url, pid }: ServerProcess, headers: Requests['headers'], prefix: string): void {
    const paths = new UniquePaths(prefix);
    const load = () => ({ url, requests: { method: 'GET' as const, headers, paths: paths.next() }, serverPid: pid });
    this.subjects.push({ name, isMiss: true, load, prime: () => Promise.resolve() });
  }

  keep(server: ServerProcess): ServerProcess {
    this.#servers.push(server);
    return server;
  }

  async start(script: string, answer: KeptAnswer, name: string, env?: Record<string, string>): Promise<ServerProcess> {
    return this.keep(await startWithAnswer(script, answer, { directory: this.#directory, name, ...(env && { env }) }));
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.splice(0).map((server) => server.stop()));
  }
}

/** Sends every request until it passes the check: an entry is in Redis a moment after the answer of its miss. */
async function primeAll(
  url: string,
  requests: Requests,
  { check, expected }: { check: (answer: KeptAnswer) => void; expected: number },
): Promise<void> {
  if (requests.paths.kind !== 'list') return;
  const waiting = [...requests.paths.paths];
  const prime = async () => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      const one: Requests = { ...requests, paths: { kind: 'list', paths: [path] } };
      await retried(async () => check(await readAnswer(url, one, expected)));
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, prime));
}

/** Rejects with the last error once there were too many. */
async function retried(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Returns a check of a header of the answer. */
function has(header: string, pattern: RegExp): (answer: KeptAnswer) => void {
  return ({ headers }) => {
    if (!pattern.test(headers[header] ?? '')) {
      throw new Error(`expected ${header} like ${pattern}, got ${JSON.stringify(headers)}`);
    }
  };
}

const unchecked = () => undefined;

async function openOurs(
  opening: Opening,
  { api, apiWithoutMemory, headers }: HttpStage,
  { get, post, rotating }: Targets,
): Promise<void> {
  const memory = has('cache-status', /; hit\b.*\bdetail=memory\b/);
  await readAnswer(api.url, get);
  const { headers: current } = await readAnswer(api.url, get);
  const conditional: Requests = { ...get, headers: { ...headers, 'If-None-Match': String(current['etag']) } };
  opening.add('hit', api, get, memory);
  opening.add('304', api, conditional, memory, 304);
  opening.add('HEAD', api, { ...get, method: 'HEAD' }, memory);
  opening.add('POST hit', api, post, memory);
  opening.add('Redis hit', apiWithoutMemory, rotating, has('cache-status', /; hit\b.*\bdetail=redis\b/));
  opening.addUnique('miss', api, headers, ABSENT);
  opening.addUnique('bypass', api, headers, ABSENT.replace('?', '?cache=false&'));
}

/** Starts servers that send the bytes and headers of the api's own answers. */
async function openBare(opening: Opening, { api }: HttpStage, { get, post }: Targets): Promise<void> {
  const answer = await readAnswer(api.url, get);
  const bare = await opening.start('bare-server.ts', answer, 'bare');
  opening.add('bare', bare, get, unchecked);
  opening.add('bare HEAD', bare, { ...get, method: 'HEAD' }, unchecked);
  const { 'content-type': _, 'content-length': __, ...unchanged } = answer.headers;
  const notModified = await opening.start('bare-server.ts', { status: 304, headers: unchanged, body: '' }, 'bare-304');
  opening.add(
    'bare 304',
    notModified,
    { ...get, headers: { ...get.headers, 'If-None-Match': String(answer.headers['etag']) } },
    unchecked,
    304,
  );
  const search = await opening.start('bare-server.ts', await readAnswer(api.url, post), 'bare-post');
  opening.add('bare POST', search, post, unchecked);
}

async function openProxies(opening: Opening, { api, log }: HttpStage, { get }: Targets): Promise<void> {
  for (const name of PROXIES) {
    try {
      const proxy = opening.keep(await startProxy(name, { api: api.url, log }));
      opening.add(name, proxy, get, has('x-proxy-cache', /HIT/));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log(`${name} is not measured: ${why}`);
      opening.missing.set(name, why);
    }
  }
}

async function openPeers(opening: Opening, { api }: HttpStage, { get }: Targets): Promise<void> {
  const answer = await readAnswer(api.url, get);
  for (const peer of EXPRESS_PEERS) {
    const server = await opening.start('peer-server.ts', answer, peer, { BENCH_PEER: peer });
    opening.add(peer, server, get, has('content-type', /application\/json/));
  }
}
