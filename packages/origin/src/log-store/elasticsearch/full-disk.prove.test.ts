import { randomUUID } from 'node:crypto';
import { elasticsearchOfFile } from '@pilotlight/stack/vitest';
import { describe, expect, test } from 'vitest';
import { OriginUnavailable } from '../../errors.ts';
import { limitsContract } from '../../testing/limits-contract.ts';
import { openOrigin, uploadText } from '../../testing/open-origin.ts';
import { createClient, type ElasticsearchOptions } from './client.ts';

const server = await elasticsearchOfFile();

/** The server looks at its disk every 10 s; by default every 30 s. */
const POLL = { timeout: 120_000, interval: 500 };

/** Returns the options of a store under names that no other test uses. */
function newStore(): ElasticsearchOptions {
  if ('missing' in server) throw new Error(server.missing);
  return { url: server.url, indexPrefix: `test-${randomUUID()}` };
}

describe.skipIf('missing' in server)('on a real server', () => {
  describe('limits of a file: Elasticsearch', () => limitsContract(() => ({ elasticsearch: newStore() })));

  test('given a disk beyond the flood-stage watermark, uploads are refused and an ingest waits; both succeed once it has space', async () => {
    const elasticsearch = newStore();
    const storageLimits = { databaseMaxBytes: null, directory: null, minFreeBytes: 0, rememberMs: 0 };
    const { origin, addFile } = await openOrigin({ elasticsearch, storageLimits });
    await origin.migrate();
    await addFile('2015-05-17T10:05:03.000Z INFO app: before');
    expect(await origin.storage.problem(0)).toBeNull();
    const client = createClient(elasticsearch, 10_000);
    // A disk is full for the server if it has fewer free bytes than the watermark. No disk has a million terabytes.
    const fill = (watermark: string | null) =>
      client.cluster.putSettings({
        persistent: {
          'cluster.info.update.interval': watermark && '10s',
          'cluster.routing.allocation.disk.watermark': { low: watermark, high: watermark, flood_stage: watermark },
        },
      });
    await fill('1000000tb');
    const where = async () => (await origin.storage.problem(0))?.where ?? null;
    await expect.poll(where, POLL).toBe('log store');
    expect((await origin.storage.problem(0))?.reason).toMatch(/^Elasticsearch refuses lines: .*free disk space/);
    const { file } = await uploadText(origin, '2015-05-17T10:05:04.000Z INFO app: meanwhile');
    await expect(origin.ingest(file.id)).rejects.toThrow(OriginUnavailable);
    expect((await origin.logs.stats({})).total_logs).toBe(1);
    await fill(null);
    await expect.poll(where, POLL).toBeNull();
    expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 1 });
    expect((await origin.logs.stats({})).total_logs).toBe(2);
    await client.close();
  }, 300_000);
});
