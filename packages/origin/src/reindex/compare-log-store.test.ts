import { expect, test } from 'vitest';
import { openOrigin } from '../testing/open-origin.ts';

test('files whose lines are missing, and lines without a file, are counted', async () => {
  const { origin, query, addFile } = await openOrigin();
  expect(await origin.compareLogStore()).toEqual({ missing: 0, unknown: 0 });
  const ids: string[] = [];
  for (const name of ['a', 'b', 'c']) ids.push(await addFile(`2026-03-01 10:00:00 INFO ${name}: started\n`));
  expect(await origin.compareLogStore()).toEqual({ missing: 0, unknown: 0 });
  await origin.logs.remove(ids[0] ?? '');
  await origin.logs.remove(ids[1] ?? '');
  await query(`UPDATE log_lines SET file_id = gen_random_uuid()`);
  await query('DELETE FROM file_roll_ups');
  expect(await origin.compareLogStore()).toEqual({ missing: 3, unknown: 1 });
});

test('deleted files and files without lines are not missing', async () => {
  const { origin, addFile, query } = await openOrigin();
  const deleted = await addFile('2026-03-01 10:00:00 INFO a: started\n');
  await addFile('2026-03-01 10:00:00 INFO b: started\n');
  await origin.files.delete(deleted);
  await origin.logs.remove(deleted);
  await query(`UPDATE files SET line_count = 0, record_count = 0 WHERE status = 'indexed'`);
  await query('DELETE FROM log_lines');
  expect(await origin.compareLogStore()).toEqual({ missing: 0, unknown: 0 });
});
