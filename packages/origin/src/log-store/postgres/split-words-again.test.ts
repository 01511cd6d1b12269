import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { openOrigin } from '../../testing/open-origin.ts';

const LINES = [
  '{"time":"2020-01-01T00:00:00Z","level":"error","msg":"café closed","host":"db-1"}',
  '{"time":"2020-01-01T00:00:01Z","level":"info","msg":"日本語 log","host":"db-2"}',
].join('\n');

/** Opens an origin with a file of this release, and one as an earlier release indexed it. */
async function openWithEarlierFile() {
  const world = await openOrigin();
  const now = await world.addFile(LINES);
  const earlier = await world.addFile(LINES);
  await world.query(
    `UPDATE log_lines SET search = CASE line WHEN 1 THEN '''café'':1 ''closed'':2' ELSE '''日本語'':1 ''log'':2' END::tsvector
     WHERE file_id = $1`,
    [earlier],
  );
  await world.query('DELETE FROM file_words WHERE file_id = $1', [earlier]);
  await world.query('DELETE FROM outbox');
  const find = async (q: string): Promise<string[]> => {
    const { results } = await world.origin.logs.search(searchBodySchema.parse({ q, sort: 'oldest' }));
    return results.map(({ file_id, line }) => `${file_id === now ? 'now' : 'earlier'} ${line}`).sort();
  };
  return { ...world, earlier, find };
}

const BOTH_1 = ['earlier 1', 'now 1'];
const BOTH_2 = ['earlier 2', 'now 2'];

test('words that an earlier release split are searched by its rules, and columns by their values', async () => {
  const { find } = await openWithEarlierFile();
  expect(await find('café')).toEqual(BOTH_1);
  expect(await find('CAFÉ -closed')).toEqual([]);
  expect(await find('日本語')).toEqual(BOTH_2);
  expect(await find('host:db-1')).toEqual(BOTH_1);
  expect(await find('-host:db-1 -level:error')).toEqual(BOTH_2);
  expect(await find('cafe')).toEqual(['now 1']);
  expect(await find('db')).toEqual(['now 1', 'now 2']);
});

test('a backfill splits them again, once, and writes one event with the extent of the file', async () => {
  const { find, origin, query, earlier } = await openWithEarlierFile();
  await expect(origin.logs.backfill(AbortSignal.abort(new Error('the process ends')))).rejects.toThrow(
    'the process ends',
  );
  expect(await find('db')).toEqual(['now 1', 'now 2']);
  expect(await origin.logs.backfill()).toBe(1);
  expect(await find('cafe')).toEqual(BOTH_1);
  expect(await find('語')).toEqual(BOTH_2);
  expect(await find('"db 2"')).toEqual(BOTH_2);
  expect(await query('SELECT type, file_id, payload -> $1 AS extent FROM outbox', ['extent'])).toMatchObject([
    { type: 'file.changed', file_id: earlier, extent: { records: 2, levels: ['ERROR', 'INFO'] } },
  ]);
  expect(await origin.logs.backfill()).toBe(0);
});

test('a file that an earlier release ingests again after this one has words of that release', async () => {
  const { find, query, earlier, origin } = await openWithEarlierFile();
  await origin.logs.backfill();
  await query('UPDATE files SET ingest_attempt = ingest_attempt + 1 WHERE id = $1', [earlier]);
  await query(`UPDATE log_lines SET search = '''café'':1' WHERE file_id = $1 AND line = 1`, [earlier]);
  expect(await find('café')).toEqual(BOTH_1);
});
