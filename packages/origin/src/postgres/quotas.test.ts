import { expect, test } from 'vitest';
import { QuotaExceeded } from '../errors.ts';
import { openOrigin, type TestOrigin } from '../testing/open-origin.ts';

const QUOTAS = { total: { bytes: 1_000, files: null }, perUploader: { bytes: null, files: 6 } };

/** Uploads files at once, each with all of its bytes sent before any is committed. Returns the number of accepted ones. */
async function uploadAtOnce({ origin }: TestOrigin, count: number, bytes: number): Promise<number> {
  const uploads = await Promise.all(
    Array.from({ length: count }, () => origin.uploads.begin('at-once.log', 'someone')),
  );
  for (const upload of uploads) await upload.write(Buffer.alloc(bytes, 'x'));
  const ends = await Promise.allSettled(uploads.map((upload) => upload.commit()));
  const refused = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason);
  for (const reason of refused) expect(reason).toBeInstanceOf(QuotaExceeded);
  return count - refused.length;
}

test('concurrent uploads cannot exceed the bytes together, and refused ones leave nothing', async () => {
  const world = await openOrigin({ quotas: QUOTAS });
  expect(await uploadAtOnce(world, 20, 300)).toBe(3);
  expect(await world.query('SELECT count(*) AS n, sum(size_bytes) AS bytes FROM files')).toEqual([
    { n: '3', bytes: '900' },
  ]);
  expect(await world.query('SELECT 1 FROM upload_chunks')).toHaveLength(3);
  expect(await world.query('SELECT 1 FROM outbox')).toHaveLength(3);
  expect(await world.query('SELECT 1 FROM uploads_under_way')).toEqual([]);
});

test('concurrent uploads of one uploader cannot exceed the files together', async () => {
  const world = await openOrigin({ quotas: QUOTAS });
  expect(await uploadAtOnce(world, 20, 1)).toBe(6);
});

test('control: given only the check before the upload, concurrent uploads exceed the quota', async () => {
  const unlimited = await openOrigin();
  const checked = await openOrigin({ quotas: QUOTAS });
  for (let i = 0; i < 20; i++) await checked.origin.uploads.checkQuotas({ uploader: 'someone', bytes: 300 });
  expect(await uploadAtOnce(unlimited, 20, 300)).toBe(20);
});

test('a large upload that exceeds the quota at its commit leaves no chunk', async () => {
  const world = await openOrigin({ quotas: { ...QUOTAS, total: { bytes: 3_000_000, files: null } } });
  expect(await uploadAtOnce(world, 1, 3_000_001)).toBe(0);
  expect(await world.query('SELECT 1 FROM upload_chunks')).toEqual([]);
  expect(await world.query('SELECT 1 FROM uploads_under_way')).toEqual([]);
});
