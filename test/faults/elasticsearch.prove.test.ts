import { setTimeout as delay } from 'node:timers/promises';
import { ServiceUnavailable } from '@pilotlight/stack';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Asked, ask } from '../harness/ask.ts';
import { SystemProcess } from '../harness/system-process.ts';
import { uploadIndexed } from '../harness/upload.ts';
import type { Version } from './load/history.ts';
import { serviceOf } from './load/log-text.ts';
import { untilAnswered } from './load/reader.ts';
import { indexPrefixOf } from './proof/final-lines.ts';
import { judgeRead } from './proof/judge-read.ts';
import { placesOf, Scenario, seconds } from './scenario.ts';
import {
  ELASTICSEARCH_FAULTS,
  ELASTICSEARCH_NETWORK_FAULTS,
  type ElasticsearchFault,
} from './schedule/elasticsearch-faults.ts';
import {
  type ElasticsearchUnderFaults,
  loseShards,
  startElasticsearchUnderFaults,
} from './system/elasticsearch-server.ts';
import { type FaultSystem, startFaultSystem } from './system/fault-system.ts';

const LASTS_MS = 1_000;
const LOOK_EVERY_MS = 100;
const ACCEPTED_WITHIN_MS = 60_000;
/** The subject whose answer is cached before the faults. */
const OLDEST = 0;

const elasticsearch = await startElasticsearchUnderFaults().catch((error: unknown) => {
  if (!(error instanceof ServiceUnavailable) || process.env['REQUIRE_SERVICES'] === 'all') throw error;
  console.log(error.message);
  return null;
});

afterAll(() => elasticsearch?.stop());

// Each kind of fault once, one after the other, under one load, by TLS and with credentials.
let system: FaultSystem;
let scenario: Scenario;
let asked = 0;

function server(): ElasticsearchUnderFaults {
  if (elasticsearch === null) throw new Error('expected a server');
  return elasticsearch;
}

/** The first api. */
function api() {
  const [place] = placesOf(system);
  if (!place) throw new Error('expected an api');
  return { ...place, waitForLog: () => Promise.reject(new Error('not asked for')) };
}

/** Uploads until the api accepts it: for some seconds after a read-only server it refuses uploads with 507. */
async function accepted(subject: number, waitSeconds: number): Promise<Version> {
  const giveUpAt = performance.now() + ACCEPTED_WITHIN_MS;
  for (;;) {
    const version = await scenario.load.writer.upload(api().url, subject, 3, waitSeconds);
    if (version.fileId !== null) return version;
    if (performance.now() > giveUpAt) throw new Error(`expected an upload to be accepted, got ${unanswered()}`);
    await delay(LOOK_EVERY_MS);
  }
}

const unanswered = (): string => [...scenario.load.history.unanswered.keys()].join(', ');

/** Asks again while the api answers with 503 or 504, as it may on a busy machine. Returns the status of the first other answer. */
function statusOf(asks: () => Promise<Asked>): Promise<number> {
  const answered = async () => {
    const { status } = await asks();
    return status === 503 || status === 504 ? null : status;
  };
  return vi.waitUntil(answered, { timeout: ACCEPTED_WITHIN_MS });
}

async function indexed(subject: number): Promise<Version> {
  const version = await accepted(subject, 10);
  while (!(await scenario.load.writer.look(api().url, version))) await delay(LOOK_EVERY_MS);
  if (version.indexedAt === null) throw new Error(`expected ${version.name} to be indexed`);
  return version;
}

const searchNew = (): Promise<Asked> => ask(api(), 'POST', '/api/search', { q: `neverasked${asked++}` });
const statsOf = (subject: number) => ask(api(), 'GET', `/api/stats?service=${serviceOf(subject)}`);
const readiness = async () => (await ask(api(), 'GET', '/readyz')).json.dependencies;

/**
 * Reads and changes files while a fault lasts. Returns the upload that waits for its end; null if the api has noticed that the server
 * takes no lines, and refused it.
 */
async function useMeanwhile(
  fault: ElasticsearchFault,
  { kept, doomed }: { kept: number; doomed: Version },
): Promise<Version | null> {
  const { writer, reader } = scenario.load;
  if (fault.stops === 'writes') expect(await statusOf(searchNew)).toBe(200);
  else {
    const refused = await until503();
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.json).toMatchObject({
      code: 'ORIGIN_UNAVAILABLE',
      detail: expect.stringMatching(/elasticsearch|the origin search/i),
    });
    await expect.poll(async () => (await readiness()).elasticsearch.reason).toMatch(fault.says);
    expect(await readiness()).toMatchObject({
      elasticsearch: { ok: false, loads: { abandoned: 0 } },
      postgres: { ok: true, breaker: 'closed' },
    });
  }
  const hit = await statsOf(kept);
  expect([hit.status, hit.json.stats?.total_logs]).toEqual([200, 3]);
  expect(hit.headers['cache-status']).toContain('hit');
  expect(await statusOf(() => ask(api(), 'GET', '/api/files?cache=false'))).toBe(200);
  await expect.poll(() => writer.delete(api().url, doomed)).toBe(true);
  expect((await untilAnswered(() => reader.files(api()))).seen.has(doomed.name)).toBe(false);
  const subject = scenario.load.newSubject();
  const waiting = fault.stops === 'writes' ? await writer.upload(api().url, subject, 3, 1) : await accepted(subject, 1);
  if (waiting.fileId === null) return null;
  expect(waiting.indexedAt).toBeNull();
  return waiting;
}

/** A search that was under way when the server stopped may exceed its own time limit first. */
async function until503(): Promise<Asked> {
  for (;;) {
    const answer = await searchNew();
    if (answer.status !== 200 && answer.json.code !== 'SEARCH_TOO_SLOW') return answer;
  }
}

/** Starts a system without background load. */
async function startCalm(without: readonly string[]): Promise<void> {
  system = await startFaultSystem({ apis: 1, workers: 1, elasticsearch: server(), without });
  scenario = new Scenario(system, { seed: 1, log: () => undefined });
}

async function stop(): Promise<void> {
  await scenario?.load.close();
  await system?.stop();
}

/** Reads once. Returns the violations in the answer. */
type JudgedRead = () => Promise<string[]>;

/**
 * Asks for a subject while the server may answer in part and has lost the shard of that subject, and again after it is
 * back. Returns the violations in the answers.
 *
 * @param during reads while the shard is lost, and returns the violations
 */
async function readWithoutShard(during: (read: JudgedRead) => Promise<string[]>): Promise<string[]> {
  const { load } = scenario;
  // The shard of the current month stays, so that a part of the answer is left.
  await uploadIndexed(api(), 'now.log', `${new Date().toISOString()} INFO app: now`);
  const version = await indexed(load.newSubject());
  const read = async () => judgeRead(await load.reader.search(api(), version.subject), load.history);
  server().gateway.mode = 'partial';
  const giveBack = await loseShards(server(), 'pilotlight-*-lines-rest-*');
  const wrong: string[] = [];
  try {
    wrong.push(...(await during(read)));
  } finally {
    await giveBack();
    server().gateway.mode = 'open';
  }
  return [...wrong, ...(await untilAnswered(read))];
}

async function expectRefused(read: JudgedRead): Promise<string[]> {
  // A slow machine is another reason for a refusal.
  const refusal = () =>
    read().then(
      () => 'an answer',
      (error: Error) => (/^504|ORIGIN_OVERLOADED/.test(error.message) ? null : error.message),
    );
  expect(await vi.waitUntil(refusal, { timeout: ACCEPTED_WITHIN_MS })).toBe('503 ORIGIN_UNAVAILABLE');
  return [];
}

/** Uploads while the server is read-only, until it has refused lines, and waits for the end of the ingest. Returns the violations. */
async function uploadWhileReadOnly(): Promise<readonly string[]> {
  const { load } = scenario;
  const block = (value: true | null) =>
    server().ask('PUT', '/pilotlight-*-lines-*/_settings', { 'index.blocks.read_only_allow_delete': value });
  let version: Version;
  // The api measures every few seconds whether the server takes lines; it accepts an upload in between.
  for (;;) {
    await indexed(load.newSubject());
    const before = server().gateway.answeredBulks;
    await block(true);
    version = await load.writer.upload(api().url, load.newSubject(), 3, 1);
    // An ingest that has failed at once is answered with 422.
    const isTaken = version.fileId !== null || load.history.wrong.length > 0;
    if (isTaken) await expect.poll(() => server().gateway.answeredBulks).toBeGreaterThan(before);
    await block(null);
    if (isTaken) break;
  }
  const ends = async () => (await load.writer.look(api().url, version)) || load.history.wrong.length > 0;
  await expect.poll(ends).toBe(true);
  return load.history.wrong;
}

describe.skipIf(elasticsearch === null)('with all protections', () => {
  beforeAll(() => startCalm([]));
  afterAll(stop);

  test('an answer that lacks a shard is refused and not cached', async () => {
    expect(await readWithoutShard(expectRefused)).toEqual([]);
  });

  test('an upload to a read-only server is indexed once it is writable', async () => {
    expect(await uploadWhileReadOnly()).toEqual([]);
  });
});

describe.skipIf(elasticsearch === null)('control', () => {
  beforeAll(() => startCalm(['refusePartial', 'retryBulk']));
  afterAll(stop);

  test('without the refusal, an answer that lacks a shard is served, and from the cache later', async () => {
    expect(await readWithoutShard(untilAnswered)).toEqual([
      expect.stringContaining('older than'),
      expect.stringContaining('older than'),
    ]);
  });

  test('without further tries, an upload to a read-only server is lost', async () => {
    expect(await uploadWhileReadOnly()).toEqual([expect.stringMatching(/ failed$|could not be indexed/)]);
  });
});

describe.skipIf(elasticsearch === null)('with the lines in Elasticsearch, under load', () => {
  beforeAll(async () => {
    system = await startFaultSystem({ apis: 2, workers: 2, elasticsearch: server() });
    scenario = new Scenario(system, { seed: 1, log: (line) => console.log(line) });
    expect(scenario.load.newSubject()).toBe(OLDEST);
    await indexed(OLDEST);
    await statsOf(OLDEST);
    scenario.load.start();
  });
  afterAll(stop);

  test.for(ELASTICSEARCH_FAULTS)('$name: other reads get 503, nothing is lost, and it recovers', async (fault) => {
    const kept = scenario.load.newSubject();
    await indexed(kept);
    const doomed = await indexed(scenario.load.newSubject());
    await expect.poll(async () => (await statsOf(kept)).json.stats?.total_logs).toBe(3);
    const waiting: Version[] = [];
    const short = { ...fault, lastsMs: [LASTS_MS, LASTS_MS] } as const;
    const { recovery } = await scenario.happen([short], async () => {
      const upload = await useMeanwhile(fault, { kept, doomed });
      if (upload !== null) waiting.push(upload);
    });
    await expect
      .poll(() => Promise.all(waiting.map((one) => scenario.load.writer.look(api().url, one))))
      .toEqual(waiting.map(() => true));
    expect(waiting.filter(({ indexedAt }) => indexedAt === null)).toEqual([]);
    const times = Object.entries(recovery).map(([what, ms]) => `${what} ${ms === null ? 'never' : seconds(ms)}`);
    console.log(`  ${fault.name}: ${times.join(', ')}`);
    expect(scenario.wrong.splice(0)).toEqual([]);
  });

  test.for(ELASTICSEARCH_NETWORK_FAULTS)('$name: no read is wrong, and it recovers', async (fault) => {
    const { recovery } = await scenario.happen([{ ...fault, lastsMs: [LASTS_MS, LASTS_MS] }]);
    expect(scenario.wrong.splice(0)).toEqual([]);
    expect(recovery.verifiedMs).not.toBeNull();
  });

  test('while it is down, an answer whose time is over is served and marked', async () => {
    // On a slow machine the faults before may have outlasted the entry.
    await expect.poll(async () => (await statsOf(OLDEST)).status).toBe(200);
    server().gateway.mode = 'busy';
    onTestFinished(() => {
      server().gateway.mode = 'open';
    });
    const cacheStatus = async () => (await statsOf(OLDEST)).headers['cache-status'];
    // Its learned time may be five minutes.
    await expect.poll(cacheStatus, { timeout: 360_000, interval: 500 }).toMatch(/hit; ttl=-\d+/);
    expect((await statsOf(OLDEST)).json.stats.total_logs).toBe(3);
    server().gateway.mode = 'open';
    // The circuit breakers of both apis close with their next reads.
    const isClosed = async (url: string) => {
      const [stats, search] = await Promise.all([
        fetch(`${url}/api/stats?service=new${asked++}`),
        fetch(`${url}/api/search`, { method: 'POST', body: JSON.stringify({ q: `new${asked++}` }) }),
      ]);
      return stats.ok && search.ok;
    };
    for (const { url } of placesOf(system)) await expect.poll(() => isClosed(url)).toBe(true);
  });

  test('at the end every upload is complete, every deletion is done, and nothing is stuck', async () => {
    await scenario.prove();
    expect(scenario.wrong).toEqual([]);
    expect(scenario.load.history.versions.length).toBeGreaterThan(3 * ELASTICSEARCH_FAULTS.length);
  });

  /** Starts an api and a worker that must not start. Resolves with what they log and how they end. */
  async function refusedStarts(pattern: RegExp): Promise<void> {
    for (const [member, script] of [
      [system.apis[0], 'apps/api/src/server.ts'],
      [system.workers[0], 'apps/worker/src/worker.ts'],
    ] as const) {
      const started = new SystemProcess(script, script, member?.env ?? {});
      expect(await started.ended).toBe('exit code 1');
      expect(started.lines.join('\n')).toMatch(pattern);
    }
  }

  test('api and worker refuse to start with a server of another version', async () => {
    server().gateway.mode = 'other version';
    await refusedStarts(/expected Elasticsearch 9 at ELASTICSEARCH_URL, got 8\.19\.4/);
    server().gateway.mode = 'open';
  });

  test('api and worker refuse to start with an index that someone else made', async () => {
    const client = new Client({ connectionString: system.postgres.url });
    await client.connect();
    const foreign = `${await indexPrefixOf(client)}-write-2001-01`;
    await client.end();
    await server().ask('PUT', `/${foreign}`);
    await refusedStarts(new RegExp(`expected index ${foreign} to have mapping version .*, got none; .*rename`));
    await server().ask('DELETE', `/${foreign}`);
  });
});
