import { z } from 'zod';
import { instantSchema, LEVELS, levelsSchema, refuseBackwardRange, textSchema } from './fields.ts';
import { parseSearch } from './search-syntax.ts';
import { SearchSyntaxError } from './search-syntax-error.ts';
import { countSearchTerms, MAX_SEARCH_TERMS, MAX_SEARCH_WORDS } from './search-terms.ts';
import type { SearchNode } from './search-tree.ts';

/** The maximum of page × page_size, the last record of a page. */
const SEARCH_WINDOW = 10_000;

/** The maximum of page_size × context: an answer has at most twice as many lines of context. */
const MAX_CONTEXT_LINES = 1_000;

/** More matching records are not counted: the answer then says that there are at least this many. */
export const MAX_EXACT_TOTAL = 10_000;

/** Adds an issue with the position (offset in UTF-16 units) of what the parser does not understand. */
function refuseSyntax(q: string, context: z.RefinementCtx): void {
  try {
    refuseManyTerms(parseSearch(q), context);
  } catch (error) {
    if (!(error instanceof SearchSyntaxError)) throw error;
    context.addIssue({ code: 'custom', message: error.message, params: { position: error.position } });
  }
}

function refuseManyTerms(tree: SearchNode | null, context: z.RefinementCtx): void {
  const { terms, words } = countSearchTerms(tree);
  if (terms > MAX_SEARCH_TERMS) {
    const message = `expected at most ${MAX_SEARCH_TERMS} different terms, got ${terms}; words in quotes are one term`;
    context.addIssue({ code: 'custom', message });
  }
  if (words > MAX_SEARCH_WORDS) {
    const message = `expected at most ${MAX_SEARCH_WORDS} words in all terms, got ${words}; shorten the longest phrase`;
    context.addIssue({ code: 'custom', message });
  }
}

/**
 * `POST /api/search`. All fields are optional. The schema applies the defaults, so a missing field and its default are the same
 * search.
 */
export const searchBodySchema = z
  .strictObject({
    /**
     * Words that must all occur in the message or in a parsed column; at most 64 terms and 128 words. An empty query matches every
     * record.
     *
     * `"a phrase"`, `prefix*`, `either OR other`, `one AND other` (a space means the same), `NOT without` or `-without`, and
     * parentheses. NOT binds before OR, OR before AND: `a OR b c` is `(a OR b) AND c`.
     *
     * `level:error`, `service:`, `status:`, `method:`, `path:` and `source:` compare the column, with its case, `path:/api/*` its
     * beginning. Any other `name:value` finds records with such a parsed column and records whose text has these words in this
     * order. Quotes make any text literal: `"level:error"`, `path:"/a b"`.
     */
    q: textSchema(0, 1_000).superRefine(refuseSyntax).default(''),
    level: levelsSchema.optional(),
    service: textSchema(1, 200).optional(),
    file_id: z.uuid().optional(),
    from: instantSchema.optional(),
    to: instantSchema.optional(),
    page: z.int().min(1).default(1),
    page_size: z.int().min(1).max(1_000).default(50),
    /** The `next` of an earlier answer: the page begins after its last record. Reaches every record, at any depth. */
    after: textSchema(1, 200).optional(),
    /** `line`: the order of the file, which needs `file_id`. */
    sort: z.enum(['newest', 'oldest', 'line']).default('newest'),
    /** The number of lines before and after each hit, in its file, whose records to return with it. */
    context: z.int().min(0).max(20).default(0),
  })
  .superRefine((body, context) => {
    refuseBackwardRange(body, context);
    if (body.sort === 'line' && body.file_id === undefined) {
      const message = 'expected newest or oldest without file_id, got line; lines of different files have no order';
      context.addIssue({ code: 'custom', path: ['sort'], message });
    }
    const deepest = body.page * body.page_size;
    if (deepest > SEARCH_WINDOW) {
      context.addIssue({
        code: 'custom',
        path: ['page'],
        message: `expected page × page_size of at most ${SEARCH_WINDOW}, got ${deepest}; narrow the search with from, to, level or service, or continue with after`,
      });
    }
    const near = body.page_size * body.context;
    if (near > MAX_CONTEXT_LINES) {
      const message = `expected page_size × context of at most ${MAX_CONTEXT_LINES}, got ${near}`;
      context.addIssue({ code: 'custom', path: ['context'], message });
    }
    if (body.after !== undefined && body.page > 1) {
      const message = `expected no page beside after, got ${body.page}`;
      context.addIssue({ code: 'custom', path: ['page'], message });
    }
  });
export type SearchQuery = z.infer<typeof searchBodySchema>;

const count = z.int().min(0);
const recordShape = {
  line: z
    .int()
    .min(1)
    .describe(
      'Number of the first line of the record in its file, from 1; in a JSON document or a CSV file, of the record.',
    ),
  line_end: z.int().min(1).describe('Number of the last line of the record; equal to `line` for a record of one line.'),
  timestamp: z.iso.datetime().nullable().describe('UTC; null if the record has no timestamp.'),
  level: z.enum(LEVELS),
  service: z.string().nullable(),
  message: z.string(),
};

/** A record near a hit. */
const contextLineSchema = z.strictObject(recordShape);
export type ContextLine = z.infer<typeof contextLineSchema>;

/** UTF-16 units `[start, end)` of a message. */
const highlightSchema = z.tuple([count, count]);
export type Highlight = z.infer<typeof highlightSchema>;

/** A record in the results of a search. */
const searchHitSchema = z.strictObject({
  ...recordShape,
  id: z.string(),
  file_id: z.uuid(),
  fields: z.record(z.string(), z.unknown()).describe('Every other parsed column.'),
  highlight: z
    .array(highlightSchema)
    .max(100)
    .describe('The parts `[start, end)` of the message that the query names, in order, in UTF-16 units.'),
  context: z
    .strictObject({ before: z.array(contextLineSchema), after: z.array(contextLineSchema) })
    .optional()
    .describe(
      'If the request has a `context`, the records that end within that number of lines before the hit, and those that begin within that number of lines after its last one.',
    ),
});
export type SearchHit = z.infer<typeof searchHitSchema>;

const searchPageSchema = z.strictObject({
  total: count.max(MAX_EXACT_TOTAL).describe('The number of matching records, at most 10,000.'),
  total_relation: z.enum(['eq', 'gte']).describe('`eq`: `total` is exact. `gte`: more records match than `total`.'),
  page: z.int().min(1),
  page_size: z.int().min(1),
  next: z.string().nullable().describe('The `after` of the next page; null if this page is the last.'),
  took_ms: z.number().min(0),
  results: z.array(searchHitSchema),
});
export type SearchAnswer = z.infer<typeof searchPageSchema>;

/** The answer of `POST /api/search`. */
export const searchAnswerSchema = z.strictObject({ success: z.literal(true), ...searchPageSchema.shape });
