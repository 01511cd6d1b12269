import { randomUUID } from 'node:crypto';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openOrigin, uploadText } from '../../testing/open-origin.ts';
import { record } from '../testing/world.ts';
import { createClient } from './client.ts';
import { idOf, toDocument } from './document.ts';
import { IndexNames } from './index-layout.ts';
import { UNBOUNDED } from './partitions.ts';

const server = await elasticsearchOfFile();
const url = 'missing' in server ? '' : server.url;

/** Opens an origin with a file that was deleted and purged during its ingest, whose writer's last request comes only now. */
async function openWithLateWrite() {
  const indexPrefix = `test-${randomUUID()}`;
  const world = await openOrigin({ elasticsearch: { url, indexPrefix } });
  const { origin, query } = world;
  await origin.migrate();
  const { file } = await uploadText(origin, 'the line comes from the late request');
  await origin.files.delete(file.id);
  await origin.files.purge(file.id);
  const [row] = await query<{ id: string }>('SELECT database_id AS id FROM elasticsearch_indices');
  const names = new IndexNames(`${indexPrefix}-${row?.id}`);
  const client = createClient({ url }, 30_000);
  onTestFinished(() => client.close());
  await client.index({
    index: names.firstIndex(UNBOUNDED),
    id: idOf(file.id, 1),
    version: 1,
    version_type: 'external_gte',
    refresh: true,
    document: JSON.parse(toDocument(file.id, 1, record(1))),
  });
  return { ...world, total: async () => (await origin.logs.stats({})).total_logs };
}

describe.skipIf('missing' in server)('on a real server', () => {
  test('a request that is applied after the purge adds no visible line', async () => {
    const { total } = await openWithLateWrite();
    expect(await total()).toBe(0);
  });

  test('control: without the row of the purged file, the line is visible', async () => {
    const { query, total } = await openWithLateWrite();
    await query('DELETE FROM files');
    expect(await total()).toBe(1);
  });

  test('the row is removed after the last possible write, and late lines with it', async () => {
    const { origin, query, total } = await openWithLateWrite();
    expect(await origin.files.forgetPurged()).toBe(0);
    await query("UPDATE files SET purged_at = purged_at - $1 * interval '1 ms'", [origin.logs.lateWriteMs]);
    expect(await origin.files.forgetPurged()).toBe(1);
    expect(await query('SELECT FROM files')).toEqual([]);
    expect(await total()).toBe(0);
  });
});
