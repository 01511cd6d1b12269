import { searchBodySchema } from '@pilotlight/contracts';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { OriginUnavailable, SearchTooSlow } from '../../errors.ts';
import { Connections } from '../../postgres/connections.ts';
import { SearchBudget } from '../search-budget.ts';
import { ElasticsearchLogStore } from './elasticsearch-log-store.ts';
import { type ScriptedAnswer, type ScriptedServer, scriptedServer } from './testing/scripted-server.ts';

const WHOLE = {
  took: 1,
  timed_out: false,
  _shards: { total: 2, successful: 2, skipped: 0, failed: 0 },
  hits: { total: { value: 0, relation: 'eq' }, hits: [] },
};
const ANY = searchBodySchema.parse({});

/** A store whose server answers each search with `answer`. */
async function storeOf(
  answer: () => ScriptedAnswer,
  searchBudget?: SearchBudget,
): Promise<{ store: ElasticsearchLogStore; server: ScriptedServer }> {
  const server = await scriptedServer(({ path }) =>
    path.includes('_pit') ? { status: 200, body: { id: 'pit', _shards: WHOLE._shards, succeeded: true } } : answer(),
  );
  return await storeAt(server, searchBudget);
}

async function storeAt(
  server: ScriptedServer,
  searchBudget = new SearchBudget(null),
): Promise<{ store: ElasticsearchLogStore; server: ScriptedServer }> {
  const database = await migratedDatabase();
  const connections = new Connections({
    databaseUrl: database.url,
    name: 'partial answers',
    max: 2,
    statementTimeoutMs: 30_000,
    idleInTransactionMs: 30_000,
    onError: () => undefined,
  });
  const store = new ElasticsearchLogStore({
    elasticsearch: { url: server.url },
    reads: connections,
    work: connections,
    readTimeoutMs: 1_000,
    searchBudget,
    onError: () => undefined,
  });
  onTestFinished(async () => {
    await store.server.close();
    await connections.close();
    await database.drop();
  });
  return { store, server };
}

const answering = (body: unknown, status = 200) => storeOf(() => ({ status, body }));

test('a whole answer is returned, and its snapshot is closed', async () => {
  const { store, server } = await answering(WHOLE);
  expect(await store.search(ANY)).toMatchObject({ total: 0, results: [] });
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
});

test.for([
  ['that reached its time limit', { ...WHOLE, timed_out: true }, 200, /time limit/],
  ['with a failed shard', { ...WHOLE, _shards: { ...WHOLE._shards, failed: 1 } }, 200, /1 of 2 shards failed/],
  ['of a server without room', { error: { type: 'circuit_breaking_exception', reason: 'full' } }, 429, /cannot answer/],
  ['of a missing index', { error: { type: 'index_not_found_exception', reason: 'gone' } }, 404, /restart the api/],
] as const)('an answer %s is an error, so it is never cached', async ([, body, status, message]) => {
  const { store } = await answering(body, status);
  await expect(store.search(ANY)).rejects.toThrow(OriginUnavailable);
  await expect(store.search(ANY)).rejects.toThrow(message);
  await expect(store.stats({})).rejects.toThrow(OriginUnavailable);
});

test('a server that never answers is unavailable once the time limit has passed', async () => {
  const { store } = await storeOf(() => null);
  await expect(store.search(ANY)).rejects.toThrow(OriginUnavailable);
});

test('a time limit does not abort the other work of a reader', async () => {
  const server = await scriptedServer(() => null);
  const { store } = await storeAt(server);
  const reader = new AbortController();
  let aborts = 0;
  reader.signal.addEventListener('abort', () => aborts++);
  await expect(store.search(ANY, reader.signal)).rejects.toThrow(OriginUnavailable);
  expect([aborts, reader.signal.aborted]).toEqual([0, false]);
});

test('an aborted search closes its connection and rejects with the reason', async () => {
  const stop = new AbortController();
  const { store, server } = await storeOf(() => {
    stop.abort(new Error('the reader left'));
    return null;
  });
  await expect(store.search(ANY, stop.signal)).rejects.toThrow('the reader left');
  await expect.poll(() => server.aborted).toBe(1);
});

test('a search beyond its budget closes its connection and its snapshot, and is too slow', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { store, server } = await storeOf(() => {
    vi.advanceTimersByTime(100);
    return null;
  }, new SearchBudget(100));
  await expect(store.search(ANY)).rejects.toThrow(SearchTooSlow);
  vi.useRealTimers();
  await expect.poll(() => server.aborted).toBe(1);
  expect(server.requests.map(({ method }) => method)).toEqual(['POST', 'POST', 'DELETE']);
});

test('given a server that opens no snapshot within the budget of a search, it is unavailable', async () => {
  const { store } = await storeAt(await scriptedServer(() => null), new SearchBudget(100));
  await expect(store.search(ANY)).rejects.toThrow(OriginUnavailable);
});
