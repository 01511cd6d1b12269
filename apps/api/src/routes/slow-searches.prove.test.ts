import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { expectProblem } from '../testing/expect-problem.ts';
import { startTestApi, type TestApi } from '../testing/test-api.ts';

/** Nothing but the budget of searches ends a statement, and it is shorter than what any other limit waits for. */
const LIMITS = { workPoolSize: 4, readTimeoutMs: 3_600_000, uploadsAtATime: 4 };
const BUDGET_MS = 300;

const apis: TestApi[] = [];
const start = async (searchTimeoutMs: number, poolSize: number) => {
  const api = await startTestApi({ searchTimeoutMs, originLimits: { ...LIMITS, poolSize } });
  apis.push(api);
  await api.uploadIndexed('2026-03-01 10:00:00 INFO pay: one line\n');
  return api;
};
let api: TestApi;
beforeAll(async () => {
  api = await start(BUDGET_MS, 4);
});
afterAll(async () => {
  for (const each of apis) await each.stop();
});

/** Runs `work` while every search waits for a lock that other reads do not need. */
async function withSlowSearches<T>({ api: { deps } }: TestApi, work: (locker: pg.Client) => Promise<T>): Promise<T> {
  const locker = new pg.Client(deps.config.databaseUrl);
  await locker.connect();
  try {
    await locker.query('BEGIN; LOCK TABLE log_lines IN ACCESS EXCLUSIVE MODE');
    return await work(locker);
  } finally {
    await locker.end();
  }
}

/** Returns a row for each connection that a read uses. The server sees a moment later than the client that one was closed. */
async function readsUnderWay(client: pg.Client): Promise<unknown[]> {
  // Within a transaction the view would not change.
  await client.query('SELECT pg_stat_clear_snapshot()');
  const { rows } = await client.query(`SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = 'pilotlight reads' AND state <> 'idle'`);
  return rows;
}

let asked = 0;
/** Reads that no cache answers, and that no search has asked for. */
const otherReads = ({ fetch }: TestApi) =>
  Promise.all([fetch(`/api/stats?service=other-${++asked}`), fetch(`/api/files?limit=${1 + (asked % 999)}`)]);
const hostileSearch = ({ postJson }: TestApi) => postJson('/api/search', { q: `line -hostile${++asked}` });
const statesOf = async ({ fetch }: TestApi) =>
  ((await (await fetch('/readyz')).json()) as { dependencies: { postgres: object } }).dependencies.postgres;

test('under a flood of slow searches every other read is answered, and each search ends with a problem', async () => {
  await withSlowSearches(api, async (locker) => {
    const codes: string[] = [];
    const others: number[] = [];
    // More than the failures in a row that open the circuit breaker.
    while (codes.filter((code) => code === 'SEARCH_TOO_SLOW').length < 15) {
      let isOver = false;
      const flood = Promise.all(Array.from({ length: 12 }, () => hostileSearch(api))).finally(() => {
        isOver = true;
      });
      while (!isOver) others.push(...(await otherReads(api)).map(({ status }) => status));
      for (const answer of await flood) {
        expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
        codes.push((await expectProblem(answer, answer.status)).code);
      }
    }
    expect(new Set(codes)).toEqual(new Set(['SEARCH_TOO_SLOW', 'ORIGIN_OVERLOADED']));
    expect(others.length).toBeGreaterThan(10);
    expect(new Set(others)).toEqual(new Set([200]));
    await expect
      .poll(() => statesOf(api))
      .toMatchObject({ breaker: 'closed', loads: { running: 0, waiting: 0, abandoned: 0 } });
    await expect.poll(() => readsUnderWay(locker)).toEqual([]);
  });
});

test('a search that was too slow is counted and not cached, and the problem says how to narrow it', async () => {
  const before = api.api.deps.origin.slowSearches();
  const search = () => api.postJson('/api/search', { q: 'line' });
  await withSlowSearches(api, async () => {
    const answer = await search();
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { code, detail } = await expectProblem(answer, 504);
    expect(code).toBe('SEARCH_TOO_SLOW');
    expect(detail).toMatch(/cancelled after 300 ms; narrow it: name a time range/);
  });
  const metrics = await (await api.fetch('/metrics')).text();
  expect(metrics).toContain(`\npilotlight_slow_searches_total ${before + 1}\n`);
  // The same budget applies, which a busy machine may exceed.
  let answer = await search();
  for (let i = 0; i < 20 && answer.status === 504; i++) answer = await search();
  expect(answer.headers.get('cache-status')).toMatch(/fwd=/);
  expect(await answer.json()).toMatchObject({ total: 1 });
});

test('control: with one connection for all reads, a slow search keeps the others waiting', async () => {
  const narrow = await start(30_000, 1);
  await withSlowSearches(narrow, async (locker) => {
    const searching = hostileSearch(narrow);
    await vi.waitFor(async () => expect(await statesOf(narrow)).toMatchObject({ loads: { running: 1 } }), {
      timeout: 20_000,
    });
    const answers = await otherReads(narrow);
    expect(answers.map(({ status }) => status)).toEqual([503, 503]);
    await locker.query('ROLLBACK');
    expect((await searching).status).toBe(200);
  });
});

/** Searches at the limits of the language, over records that contain much of what they ask for. */
const AT_THE_LIMITS: readonly (readonly [string, object])[] = [
  ['a phrase of 128 common words', { q: `"${'1 '.repeat(128).trim()}"` }],
  ['36 prefixes of one letter', { q: Array.from({ length: 36 }, (_, n) => `${n.toString(36)}*`).join(' OR ') }],
  ['64 words that no record has', { q: Array.from({ length: 64 }, (_, n) => `z${n}`).join(' OR ') }],
  ['64 excluded words', { q: Array.from({ length: 64 }, (_, n) => `-z${n}`).join(' ') }],
  ['the deepest page of a common word', { q: '1', page: 100, page_size: 100 }],
  ['nested groups', { q: `${'('.repeat(100)}1${')'.repeat(100)}` }],
  ['columns by their beginning', { q: 'path:/* -path:/a* service:p* -level:x' }],
  ['the most context', { q: '1', page_size: 100, context: 10 }],
];

describe('over records that match much', () => {
  beforeAll(async () => {
    await api.uploadIndexed(`2026-03-01 10:00:00 INFO pay: ${'1 2 3 a b c '.repeat(12)}\n`.repeat(5_000));
  });

  test.for(AT_THE_LIMITS)(
    'a search for %s is answered or refused, and the next reads are answered',
    async ([, body]) => {
      const answer = await api.postJson('/api/search', body);
      if (answer.status !== 200) {
        expect(['INVALID_INPUT', 'SEARCH_TOO_SLOW']).toContain((await expectProblem(answer, answer.status)).code);
      }
      expect((await otherReads(api)).map(({ status }) => status)).toEqual([200, 200]);
    },
  );
});
