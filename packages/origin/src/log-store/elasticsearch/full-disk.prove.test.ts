import { randomUUID } from 'node:crypto';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, test } from 'vitest';
import { OriginUnavailable } from '../../errors.ts';
import { limitsContract } from '../../testing/limits-contract.ts';
import { openOrigin, uploadText } from '../../testing/open-origin.ts';
import { createClient, type ElasticsearchOptions } from './client.ts';

const server = await elasticsearchOfFile();

/** Returns the options of a store under names that no other test uses. */
function newStore(): ElasticsearchOptions {
  if ('missing' in server) throw new Error(server.missing);
  return { url: server.url, indexPrefix: `test-${randomUUID()}` };
}

describe.skipIf('missing' in server)('on a real server', () => {
  describe('limits of a file: Elasticsearch', () => limitsContract(() => ({ elasticsearch: newStore() })));

  test('given the block of the flood-stage watermark, uploads are refused and an ingest waits; both succeed once it is gone', async () => {
    const elasticsearch = newStore();
    const storageLimits = { databaseMaxBytes: null, directory: null, minFreeBytes: 0, rememberMs: 0 };
    const { origin, addFile } = await openOrigin({ elasticsearch, storageLimits });
    await origin.migrate();
    await addFile('2015-05-17T10:05:03.000Z INFO app: before');
    expect(await origin.storage.problem(0)).toBeNull();
    const client = createClient(elasticsearch, 10_000);
    // The server itself sets this setting when a disk is full.
    const block = (isBlocked: true | null) =>
      client.indices.putSettings({
        index: `${elasticsearch.indexPrefix}-*`,
        settings: { 'index.blocks.read_only_allow_delete': isBlocked },
      });
    await block(true);
    expect(await origin.storage.problem(0)).toMatchObject({
      where: 'log store',
      reason: expect.stringMatching(/^Elasticsearch refuses lines: .*free disk space/),
    });
    const { file } = await uploadText(origin, '2015-05-17T10:05:04.000Z INFO app: meanwhile');
    await expect(origin.ingest(file.id)).rejects.toThrow(OriginUnavailable);
    expect((await origin.logs.stats({})).total_logs).toBe(1);
    await block(null);
    expect(await origin.storage.problem(0)).toBeNull();
    expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 1 });
    expect((await origin.logs.stats({})).total_logs).toBe(2);
    await client.close();
  }, 120_000);
});
