import { migratedDatabase } from '@pilotlight/stack/vitest';
import { expect, onTestFinished, test } from 'vitest';
import { Connections } from '../../postgres/connections.ts';
import { createClient } from './client.ts';
import { IndexNames } from './index-layout.ts';
import { scriptedServer } from './testing/scripted-server.ts';
import { withVisibleSnapshot } from './visible-snapshot.ts';

const ID = {
  visible: '01890a5d-ac96-774b-bcce-000000000001',
  indexing: '01890a5d-ac96-774b-bcce-000000000002',
  finished: '01890a5d-ac96-774b-bcce-000000000003',
  uploaded: '01890a5d-ac96-774b-bcce-000000000004',
  deleted: '01890a5d-ac96-774b-bcce-000000000005',
};
const WHOLE = { took: 1, timed_out: false, _shards: { total: 1, successful: 1, failed: 0 }, hits: { hits: [] } };

async function openConnections(): Promise<Connections> {
  const database = await migratedDatabase();
  const connections = new Connections({
    databaseUrl: database.url,
    name: 'snapshot',
    max: 2,
    statementTimeoutMs: 30_000,
    idleInTransactionMs: 30_000,
    onError: () => undefined,
  });
  onTestFinished(async () => {
    await connections.close();
    await database.drop();
  });
  return connections;
}

test('a file that changes while the point in time is opened is hidden, others are not', async () => {
  const connections = await openConnections();
  const add = (id: string, status: string, age = '0 s') =>
    connections.query(
      `INSERT INTO files (id, name, size_bytes, status, indexed_at, uploaded_at)
       VALUES ($1, 'x', 1, $2, date_trunc('milliseconds', clock_timestamp() - $3::interval), clock_timestamp() - $3::interval)`,
      [id, status, age],
    );
  await add(ID.visible, 'indexed', '1 hour');
  await add(ID.deleted, 'indexed', '1 hour');
  await add(ID.indexing, 'indexing');
  await add(ID.finished, 'indexing');
  const server = await scriptedServer(async ({ method, path }) => {
    if (method === 'POST' && path.includes('_pit')) {
      // What the point in time holds of these two may be a part. The first one read the clock before the list was read,
      // and commits after it.
      await connections.query(
        `UPDATE files SET status = 'indexed', indexed_at = clock_timestamp() - interval '1 minute' WHERE id = $1`,
        [ID.finished],
      );
      await add(ID.uploaded, 'indexed');
      await connections.query(`UPDATE files SET status = 'deleted' WHERE id = $1`, [ID.deleted]);
      return { status: 200, body: { id: 'pit', _shards: WHOLE._shards } };
    }
    return { status: 200, body: WHOLE };
  });
  const client = createClient({ url: server.url }, 5_000);
  onTestFinished(() => client.close());
  const options = {
    client,
    names: new IndexNames('test'),
    reads: connections,
    timeoutMs: 5_000,
    onError: () => undefined,
  };
  await withVisibleSnapshot(options, (snapshot) => snapshot.search({ filter: [] }));
  const [body = ''] = server.requests.filter(({ path }) => path.startsWith('/_search')).map((request) => request.body);
  const hidden = Object.entries(ID).filter(([, id]) => body.includes(id));
  expect(hidden.map(([name]) => name)).toEqual(['indexing', 'finished', 'uploaded', 'deleted']);
});
