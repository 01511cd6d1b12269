import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { OriginOptions } from '../create-origin.ts';
import { openOrigin } from './open-origin.ts';

const LINE = '2015-05-17T10:05:03.000Z INFO app: a row\n';

/** Tests that the limits of a file hold, whichever log store takes its records. */
export function limitsContract(makeOptions: () => Partial<OriginOptions>): void {
  const open = async (fileLimits: OriginOptions['fileLimits']) => {
    const world = await openOrigin({ ...makeOptions(), ...(fileLimits && { fileLimits }) });
    await world.origin.migrate();
    return world;
  };

  test.each([
    ['lines', LINE.repeat(2_501), { maxRecords: 2_500 }, /at most 2500 records, got more/],
    ['unpacked bytes', gzipSync(LINE.repeat(5_000)), { maxUnpackedBytes: 100_000 }, /at most 100000 bytes, got more/],
  ] as const)(
    'a file of too many %s becomes failed, and none of its lines is found',
    async (_what, content, limits, reason) => {
      const { origin, query } = await open(limits);
      const upload = await origin.uploads.begin('too-much.log');
      await upload.write(Buffer.from(content));
      const { file } = await upload.commit();
      const result = await origin.ingest(file.id);
      expect(result).toMatchObject({ outcome: 'failed', error: expect.stringMatching(reason) });
      expect(await origin.files.get(file.id)).toMatchObject({ status: 'failed', line_count: 0 });
      expect((await origin.logs.stats({})).total_logs).toBe(0);
      expect(await query('SELECT 1 FROM upload_chunks')).toEqual([]);
      // The lines are removed, not only hidden.
      await query(`UPDATE files SET status = 'indexed', line_count = 1`);
      expect((await origin.logs.stats({ file_id: file.id })).total_logs).toBe(0);
    },
  );

  test('a file at exactly both limits is indexed, and its bytes in the store are known', async () => {
    const text = LINE.repeat(2_500);
    const { origin } = await open({ maxRecords: 2_500, maxUnpackedBytes: text.length });
    const upload = await origin.uploads.begin('just-fits.log.gz');
    await upload.write(gzipSync(text));
    const { file } = await upload.commit();
    expect(await origin.ingest(file.id)).toMatchObject({ outcome: 'indexed', lines: 2_500 });
    expect((await origin.logs.stats({})).total_logs).toBe(2_500);
    await origin.files.freeChunks(0);
    const { stored } = await origin.retention.plan({ days: 1, bytes: null }, 0);
    expect(stored).toMatchObject({ files: 1, lines: 2_500 });
    expect(stored.bytes).toBeGreaterThan(text.length);
  });
}
