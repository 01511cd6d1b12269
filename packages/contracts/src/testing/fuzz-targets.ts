import fc from 'fast-check';
import { z } from 'zod';
import { domainEventSchema } from '../events.ts';
import { parseFileEventId } from '../file-events.ts';
import { filesQuerySchema, preferredWaitSeconds } from '../files.ts';
import { everyRoute } from '../http/index.ts';
import { JOBS } from '../jobs.ts';
import { parseMoment } from '../moment.ts';
import { searchBodySchema } from '../search.ts';
import { parseSearch } from '../search-syntax.ts';
import { SearchSyntaxError } from '../search-syntax-error.ts';
import { statsQuerySchema } from '../stats.ts';
import { parseTailEventId } from '../tail.ts';
import { placedWordsOf, wordsOf } from '../words.ts';
import { type FuzzTarget, target, textOf } from './fuzz.ts';

const SEARCH = [
  '(',
  ')',
  '"',
  '-',
  '*',
  ':',
  ' ',
  'NOT ',
  ' OR ',
  ' AND ',
  'a',
  'disk',
  'level:',
  'error',
  'status:5*',
];
const MORE_SEARCH = ['path:"/a b"', 'x.y:1', '\\', '10.0.0.7', '\u4e2d', '\u0301', '\u{1f600}', '\ud800', '\0', '\n'];
const searchText = textOf([...SEARCH, ...MORE_SEARCH]);

/** Values that a client may send in place of a field. */
const value = fc.oneof(
  fc.constantFrom<unknown>('', 'ERROR', ['ERROR', 'WARN'], '2026-03-01', '2026-13-01T00:00:00Z', '0001-01-01', 0, -1),
  fc.constantFrom<unknown>(1e308, null, true, [], {}, '1m', 'UTC', 'Europe/Berlin', '__proto__', 'newest', '1', '-1'),
  fc.uuid(),
  fc.jsonValue({ maxDepth: 3 }),
  searchText,
  fc.integer(),
  fc.array(fc.string(), { maxLength: 30 }),
);

/** Objects with the fields of a schema, some of them missing, hostile or unknown. */
function inputsOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  const names = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const name = fc.oneof(fc.constantFrom(...names, 'x', '__proto__', 'constructor'), fc.string({ maxLength: 5 }));
  const fields = fc.array(fc.tuple(name, value), { maxLength: 8 }).map((entries) => Object.fromEntries(entries));
  return fc.oneof({ arbitrary: fields, weight: 9 }, { arbitrary: fc.anything({ maxDepth: 3 }), weight: 1 });
}

/** A schema accepts or refuses each input, and never throws. */
const ofSchema = (name: string, schema: z.ZodType): FuzzTarget =>
  target({ name, inputs: inputsOf(schema), run: (input) => schema.safeParse(input) });

/** What a cached route's schema has parsed is parsed to itself: the key is made of it, and the worker parses it again. */
const ofKey = (name: string, schema: z.ZodType): FuzzTarget =>
  target({
    name,
    inputs: inputsOf(schema),
    run: (input) => {
      const first = schema.safeParse(input);
      if (!first.success) return;
      const again = JSON.stringify(schema.parse(first.data));
      if (again !== JSON.stringify(first.data))
        throw new Error(`expected ${JSON.stringify(first.data)} again, got ${again}`);
    },
  });

const OF_ROUTES = everyRoute().flatMap(({ id, params, query, headers, body }) =>
  Object.entries({ params, query, headers, body: body?.type === 'application/json' ? body.schema : undefined }).flatMap(
    ([part, schema]) => (schema === undefined ? [] : [ofSchema(`${part} of ${id}`, schema)]),
  ),
);

const id = textOf(['1', '~', ':', ',', '/', '-', 'progress', 'stored', '01890a5d-ac96-774b-bcce-b302099a8057', '999']);

/** Every schema of input, and the parsers of texts in it. */
export const CONTRACT_TARGETS: readonly FuzzTarget[] = [
  ...OF_ROUTES,
  ...Object.entries(JOBS).map(([name, { schema }]) => ofSchema(`job ${name}`, schema)),
  ofSchema('event', domainEventSchema),
  ofKey('key of a search', searchBodySchema),
  ofKey('key of stats', statsQuerySchema),
  ofKey('key of files', filesQuerySchema),
  target({
    name: 'search syntax',
    inputs: searchText,
    run: (text) => {
      try {
        parseSearch(text.slice(0, 1_000));
      } catch (error) {
        if (!(error instanceof SearchSyntaxError)) throw error;
        if (error.position < 0 || error.position > text.length) throw new Error(`position ${error.position}`);
      }
    },
  }),
  target({ name: 'words', inputs: searchText, run: (text) => [wordsOf(text), placedWordsOf(text)] }),
  target({
    name: 'Prefer',
    inputs: textOf(['wait', '=', '"', ',', ';', ' ', '3', 'respond-async']),
    run: preferredWaitSeconds,
  }),
  target({ name: 'Last-Event-ID of a file', inputs: id, run: parseFileEventId }),
  target({ name: 'Last-Event-ID of a tail', inputs: id, run: (text) => [parseMoment(text), parseTailEventId(text)] }),
];
