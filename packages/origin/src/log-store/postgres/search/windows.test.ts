import { searchBodySchema } from '@pilotlight/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addFile, record, second } from '../../testing/world.ts';
import { openPostgresWorld } from '../testing/postgres-world.ts';
import { walkKeys } from './keys.ts';
import { windowedKeys } from './windows.ts';

test('for any matches and windows, windows give the records that one sort gives', async () => {
  const { reads, ...world } = await openPostgresWorld();
  const ids: string[] = [];
  // Matches at the far end, matches of one instant, and gaps.
  for (const [from, everyMs] of [
    [0, 10],
    [3_000, 1_000],
    [1_000, 0],
  ] as const) {
    const records = Array.from({ length: 400 }, (_, index) =>
      record(index + 1, {
        timestamp: index % 9 === 0 ? null : second(from + (index * everyMs) / 1_000),
        message: index % 3 === 0 ? 'common' : index > 380 ? 'late' : 'other',
      }),
    );
    ids.push(await addFile(world, records, 100));
  }
  const limits = fc.record({
    minRecords: fc.integer({ min: 1, max: 40 }),
    maxMatches: fc.integer({ min: 1, max: 60 }),
  });
  const asked = fc.record({
    q: fc.constantFrom('common', 'late', 'common OR late', '-other', 'none'),
    sort: fc.constantFrom('newest', 'oldest'),
    file: fc.constantFrom(undefined, ...ids),
    range: fc.constantFrom({}, { from: second(2) }, { to: second(3_100) }, { from: second(1), to: second(1_000.001) }),
    after: fc.option(
      fc.record({ atMs: fc.constantFrom(0, 2_000, 1_000_000, 3_100_000), line: fc.integer({ min: 0, max: 401 }) }),
    ),
    needed: fc.integer({ min: 1, max: 500 }),
  });
  await fc.assert(
    fc.asyncProperty(limits, asked, async (small, { q, sort, file, range, after, needed }) => {
      const query = searchBodySchema.parse({ q, sort, ...range, ...(file !== undefined && { file_id: file }) });
      const position = after && { atMs: Date.parse(second(0)) + after.atMs, fileId: ids[1] ?? '', line: after.line };
      await reads.snapshot(async (statements) => {
        const matches = { query, after: position, part: { low: null, high: null } };
        const expected = await walkKeys(statements, matches, { limit: needed });
        expect(await windowedKeys(statements, query, position, needed, small)).toEqual(expected);
      });
    }),
    { numRuns: 80 },
  );
});
