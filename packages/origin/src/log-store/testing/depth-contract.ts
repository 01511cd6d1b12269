import { expect, test } from 'vitest';
import { BadCursor } from '../../errors.ts';
import { addFile, type LogStoreWorld, messages, record, search, second } from './world.ts';

/** Tests totals and pages beyond what one page shows. */
export function depthContract(world: () => LogStoreWorld): void {
  cursorContract(world);
  totalContract(world);
}

/** Follows `next` from the first page on. Returns the messages. */
async function allPages(world: LogStoreWorld, body: Record<string, unknown>): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const answer = await search(world, { ...body, ...(after !== undefined && { after }) });
    seen.push(...answer.results.map((hit) => hit.message));
    after = answer.next;
  }
  return seen;
}

function cursorContract(world: () => LogStoreWorld): void {
  test('following the cursor gives every record once, in the order of pages', async () => {
    const of = (line: number) => ({ service: 'cursor', message: `c${line}`, level: 'ERROR' as const });
    await addFile(
      world(),
      [1, 2, 3, 4].map((line) => record(line, { ...of(line), timestamp: second(line % 2) })),
    );
    await addFile(
      world(),
      [5, 6, 7].map((line) => record(line, of(line))),
    );
    for (const sort of ['newest', 'oldest']) {
      for (const filter of [{ service: 'cursor' }, { service: 'cursor', level: 'ERROR' }]) {
        const all = await messages(world(), { ...filter, sort });
        expect(all).toHaveLength(7);
        for (const page_size of [1, 2, 3, 7, 50]) {
          expect(await allPages(world(), { ...filter, sort, page_size })).toEqual(all);
        }
      }
    }
  });

  test('a deletion between pages skips no record of other files', async () => {
    const of = (name: string) =>
      [1, 2, 3].map((line) => record(line, { service: 'shift', message: `${name}${line}`, timestamp: second(line) }));
    const first = await addFile(world(), of('a'));
    await addFile(world(), of('b'));
    const page = await search(world(), { service: 'shift', page_size: 2 });
    expect(page.results.map((hit) => hit.message)).toEqual(['b3', 'a3']);
    await world().hide(first);
    const rest = await search(world(), { service: 'shift', page_size: 2, after: page.next });
    expect(rest.results.map((hit) => hit.message)).toEqual(['b2', 'b1']);
    expect(rest.next).toBeNull();
  });

  test('a cursor of no search is rejected', async () => {
    await expect(search(world(), { after: 'made up' })).rejects.toThrow(BadCursor);
  });
}

const DEEP = 10_001;

/** Records with equal timestamps and without timestamps, and their messages in the order of a search. */
function deepRecords() {
  const records = Array.from({ length: DEEP }, (_, index) =>
    record(index + 1, {
      message: `deep${index === 0 ? ' edge' : ''} ${index}`,
      timestamp: index % 50 === 0 ? null : second(Math.floor(index / 3)),
      level: 'WARN',
      service: index === 0 ? 'deep-edge' : 'deep',
    }),
  );
  // Time rises with the line.
  const textOf = (isDated: boolean): string[] =>
    records.filter(({ timestamp }) => (timestamp !== null) === isDated).map(({ message }) => message);
  const [dated, undated] = [textOf(true), textOf(false)];
  const newest = [...dated.toReversed(), ...undated.toReversed()];
  return { records, newest, oldest: [...dated, ...undated], line: records.map(({ message }) => message) };
}

function totalContract(world: () => LogStoreWorld): void {
  test('up to 10,000 matches are counted, and all of them can be reached', { timeout: 60_000 }, async () => {
    const { records, ...ordered } = deepRecords();
    const fileId = await addFile(world(), records, 1_000);
    const exact = { total: 10_000, total_relation: 'eq' };
    expect(await search(world(), { service: 'deep' })).toMatchObject(exact);
    expect(await search(world(), { q: 'deep -edge' })).toMatchObject(exact);
    for (const filter of [{ q: 'deep' }, { file_id: fileId }, { level: 'WARN' }]) {
      for (const sort of ['newest', 'oldest'] as const) {
        const body = { ...filter, sort };
        expect(await search(world(), body)).toMatchObject({ total: 10_000, total_relation: 'gte' });
        expect(await allPages(world(), { ...body, page_size: 1_000 })).toEqual(ordered[sort]);
        const page = { page: 99, page_size: 101 };
        expect(await messages(world(), { ...body, ...page })).toEqual(ordered[sort].slice(98 * 101, 99 * 101));
      }
    }
    const inFile = { file_id: fileId, sort: 'line' };
    expect(await search(world(), inFile)).toMatchObject({ total: 10_000, total_relation: 'gte' });
    expect(await allPages(world(), { ...inFile, page_size: 1_000 })).toEqual(ordered.line);
    await world().hide(fileId);
  });
}
