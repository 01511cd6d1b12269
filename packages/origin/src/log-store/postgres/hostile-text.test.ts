import { existsSync, readFileSync } from 'node:fs';
import { LEVELS, SearchSyntaxError, searchBodySchema } from '@pilotlight/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { openOrigin, uploadText } from '../../testing/open-origin.ts';
import { inBatches, record } from '../testing/world.ts';

const NAUGHTY = new URL('../../../../../../shared/data/hostile/blns.json', import.meta.url);
const isThere = existsSync(NAUGHTY);

test('a query is answered, or rejected with a position', async () => {
  const { origin } = await openOrigin();
  const words = fc.constantFrom(
    '-',
    '"',
    'OR',
    'error',
    "'",
    '\\',
    ':*',
    ' ',
    'level:',
    'host:',
    'AND',
    'NOT',
    '*',
    '<->',
    '&',
    '|',
    '!',
    '(',
    ')',
    '\0',
    '\ud800',
    ' ',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(words).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(text, async (q) => {
      // Bypasses the schema, which rejects some of these queries: the store does not depend on it.
      const query = { ...searchBodySchema.parse({}), q: q.slice(0, 1_000) };
      const outcome = await origin.logs.search(query).catch((error: unknown) => error);
      if (outcome instanceof SearchSyntaxError) {
        expect(outcome.message).toMatch(/^expected .+, got .+ at position \d+$/s);
        expect(outcome.position).toBeLessThanOrEqual(query.q.length);
      } else expect(outcome).toMatchObject({ total: 0 });
    }),
    { numRuns: 300 },
  );
});

test.skipIf(!isThere)(
  `naughty strings are answered, or rejected with a position${isThere ? '' : ' (skipped: ../shared/data is not there)'}`,
  async () => {
    const { origin } = await openOrigin();
    const texts: string[] = JSON.parse(readFileSync(NAUGHTY, 'utf8'));
    expect(texts.length).toBeGreaterThan(400);
    for (const q of texts) {
      const parsed = searchBodySchema.safeParse({ q: q.slice(0, 1_000), service: q.slice(0, 200) || 'x' });
      if (parsed.success) expect((await origin.logs.search(parsed.data)).total).toBe(0);
      else expect(parsed.error.issues).toMatchObject([{ path: ['q'], message: expect.stringMatching(/^expected /) }]);
    }
  },
);

test('any text is read back as it was written', async () => {
  const { origin, query } = await openOrigin();
  const text = fc.string({ unit: 'grapheme', maxLength: 300 }).map((each) => each.replaceAll('\0', ' '));
  const maybe = fc.option(text);
  const parts = fc.record({
    level: fc.constantFrom(...LEVELS),
    timestamp: fc.option(
      fc
        .date({ min: new Date('0001-01-01'), max: new Date('9999-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString()),
    ),
    service: maybe,
    message: text,
    status: fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
    responseTimeMs: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, minExcluded: true })),
    fields: fc.dictionary(
      text.filter((name) => !['status', 'response_time_ms', '__proto__'].includes(name)),
      fc.jsonValue(),
    ),
  });
  const records: LogRecord[] = fc.sample(parts, 400).map((each, index) => record(index + 1, each));
  const { file } = await uploadText(origin, 'x');
  await query(`UPDATE files SET status = 'indexing'`);
  await origin.logs.write(file.id, 0, inBatches(records, 90));
  await query(`UPDATE files SET status = 'indexed', line_count = $1, dated_count = $2`, [
    records.length,
    records.filter(({ timestamp }) => timestamp !== null).length,
  ]);
  const { results } = await origin.logs.search(searchBodySchema.parse({ page_size: 1_000 }));
  const byLine = results.sort((a, b) => a.line - b.line);
  expect(byLine).toEqual(
    records.map(({ line, timestamp, level, service, message, status, responseTimeMs, fields }) => ({
      id: `${file.id}:${line}`,
      file_id: file.id,
      line,
      line_end: line,
      timestamp,
      level,
      service: service?.toWellFormed() ?? null,
      message: message.toWellFormed(),
      fields: JSON.parse(
        JSON.stringify({
          ...(status !== null && { status }),
          ...(responseTimeMs !== null && { response_time_ms: responseTimeMs }),
          ...fields,
        }),
      ),
      highlight: [],
    })),
  );
});

test.for<[string, string]>([
  ['one word of 64 KB', 'x'.repeat(65_536)],
  [
    'words that differ, more than a tsvector has positions for',
    Array.from({ length: 20_000 }, (_, n) => n.toString(36)).join(' '),
  ],
  ['one word a thousand times', 'again '.repeat(10_000)],
  ['words of four bytes a letter', '𠀀 𠀁 𠀂 '.repeat(5_000)],
])('a message of %s is kept whole and found by its first word', async ([, message]) => {
  const { origin, query } = await openOrigin();
  const { file } = await uploadText(origin, 'x');
  await query(`UPDATE files SET status = 'indexing'`);
  await origin.logs.write(file.id, 0, inBatches([record(1, { message })]));
  await query(`UPDATE files SET status = 'indexed', line_count = 1`);
  const [first = ''] = message.split(' ');
  const { results } = await origin.logs.search(searchBodySchema.parse({ q: first.slice(0, 1_000) }));
  expect(results.map((hit) => hit.message)).toEqual([message]);
});
