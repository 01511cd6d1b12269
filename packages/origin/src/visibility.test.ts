import { searchBodySchema } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { openOrigin, uploadText } from './testing/open-origin.ts';

const LINES = 1_500;
const READERS = 3;
const FILES = 8;

test('while files are ingested, deleted and purged, readers see each file wholly or not at all', async () => {
  const { origin, query } = await openOrigin();
  const text = Array.from(
    { length: LINES },
    (_, index) => `2015-05-17T10:00:00.${index % 1_000}Z INFO app: row ${index}`,
  ).join('\n');
  let isOver = false;
  const seen = new Set<number>();
  const partial: unknown[] = [];
  const check = (what: string, count: number): void => {
    seen.add(count);
    if (count % LINES !== 0) partial.push({ what, count });
  };
  const read = async (): Promise<void> => {
    while (!isOver) {
      const { total_logs, timeline, by_level, files } = await origin.logs.stats({});
      check('stats', total_logs);
      check(
        'levels',
        Object.values(by_level).reduce((sum, count) => sum + count, 0),
      );
      check(
        'timeline',
        timeline.reduce((sum, { count }) => sum + count, 0),
      );
      check('files of stats', files * LINES);
      check('search', (await origin.logs.search(searchBodySchema.parse({ q: 'row' }))).total);
      const { total, results } = await origin.logs.search(searchBodySchema.parse({ page_size: 1_000 }));
      check('all', total);
      if (total > 0 && results.length !== 1_000) partial.push({ what: 'page', count: results.length });
      check('file list', (await origin.files.list({ limit: 10 })).stats.total_lines);
    }
  };
  const readers = Array.from({ length: READERS }, read);
  const live: string[] = [];
  for (let index = 0; index < FILES; index += 1) {
    const { file } = await uploadText(origin, text);
    await origin.ingest(file.id);
    live.push(file.id);
    if (index % 2 === 0) continue;
    const gone = live.shift() ?? '';
    await origin.files.delete(gone);
    await origin.files.purge(gone);
  }
  isOver = true;
  await Promise.all(readers);
  expect(partial).toEqual([]);
  expect(seen.size).toBeGreaterThan(1);
  expect(await query('SELECT count(*)::int AS lines FROM log_lines')).toEqual([{ lines: (FILES / 2) * LINES }]);
});
