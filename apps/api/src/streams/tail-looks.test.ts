import type { SearchAnswer, SearchHit, SearchQuery } from '@pilotlight/contracts';
import { expect, test } from 'vitest';
import { LINES_PER_FILE, TailLooks } from './tail-looks.ts';

const FILE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';

function hit(line: number, message: string): SearchHit {
  return {
    id: `${FILE_ID}:${line}`,
    file_id: FILE_ID,
    line,
    line_end: line,
    message,
    timestamp: null,
    level: 'INFO',
    service: null,
    fields: {},
    highlight: [],
  };
}

/** Returns looks into a store that answers each search, newest first, and counts the searches. */
function looksInto(hits: readonly SearchHit[], total = hits.length) {
  const searches: SearchQuery[] = [];
  const search = async (query: SearchQuery): Promise<SearchAnswer> => {
    searches.push(query);
    const results = hits.slice(0, query.page_size);
    return { total, total_relation: 'eq', page: 1, page_size: query.page_size, next: null, took_ms: 1, results };
  };
  return { looks: new TailLooks({ search }), searches };
}

test('the streams of one query share one search per file', async () => {
  const { looks, searches } = looksInto([hit(2, 'b'), hit(1, 'a')]);
  const found = await Promise.all(Array.from({ length: 20 }, () => looks.look({ q: 'x' }, FILE_ID)));
  expect(found[0]?.hits.map(({ line }) => line)).toEqual([1, 2]);
  await looks.look({ q: 'y' }, FILE_ID);
  expect(searches.map(({ q, file_id, sort }) => [q, file_id, sort])).toEqual([
    ['x', FILE_ID, 'newest'],
    ['y', FILE_ID, 'newest'],
  ]);
});

test('a failed search is not shared with later streams', async () => {
  let searches = 0;
  const looks = new TailLooks({
    search: async () => {
      searches++;
      throw new Error('unavailable');
    },
  });
  await expect(looks.look({ q: 'x' }, FILE_ID)).rejects.toThrow('unavailable');
  await expect(looks.look({ q: 'x' }, FILE_ID)).rejects.toThrow('unavailable');
  expect(searches).toBe(2);
});

test('a look has the newest lines up to a number and a size, and counts the others', async () => {
  const many = Array.from({ length: 300 }, (_, n) => hit(300 - n, 'short'));
  const first = await looksInto(many).looks.look({ q: '' }, FILE_ID);
  expect(first?.hits.map(({ line }) => line)).toEqual(Array.from({ length: LINES_PER_FILE }, (_, n) => 201 + n));
  expect(first?.more).toBe(200);
  const long = Array.from({ length: 50 }, (_, n) => hit(50 - n, 'x'.repeat(65_536)));
  const second = await looksInto(long).looks.look({ q: '' }, FILE_ID);
  expect(second?.hits.map(({ line }) => line)).toEqual(Array.from({ length: 15 }, (_, n) => 36 + n));
  expect(second?.more).toBe(35);
});

test('a look that takes longer than 2 s is given up, and two run at a time', async () => {
  let running = 0;
  let most = 0;
  const looks = new TailLooks({
    search: async (_query, signal) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      running--;
      throw signal?.reason;
    },
  });
  expect(await Promise.all(['a', 'b', 'c'].map((q) => looks.look({ q }, FILE_ID)))).toEqual([null, null, null]);
  expect(most).toBe(2);
});
