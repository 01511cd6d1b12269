import { z } from 'zod';
import { domainEventSchema } from './events.ts';

const count = z.int().min(0);

/** How it is known that one process serves nothing that an invalidation hit. */
export const confirmationSchema = z.strictObject({
  process: z
    .string()
    .describe('The id of the process in the register of followers.')
    .meta({ example: 'api:web-1:4711' }),
  how: z
    .enum(['applied', 'left', 'leaseEnded'])
    .describe('It has applied the position; it has left the register; or it did not answer and its lease has ended.'),
  after_ms: z.number().min(0).describe('From the append until this was known.'),
});

const eventTypeSchema = z.enum(domainEventSchema.options.map(({ shape }) => shape.type.value));

/** Why an entry of the log exists. */
export const causeSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('event'),
    type: eventTypeSchema.describe('What happened to the file.'),
    file_id: z.uuid(),
  }),
  z.strictObject({
    kind: z.literal('request'),
    token: z.string().nullable().describe('The name of the token; null without one.'),
  }),
  z.strictObject({
    kind: z.literal('repair'),
    why: z.string().describe('What a worker found: an answer that differed, or a job that it could not read.'),
  }),
]);
export type Cause = z.infer<typeof causeSchema>;

/** What the process that made an invalidation knows of it. Stored beside the log, for people. */
export const journalEntrySchema = z.strictObject({
  epoch: count,
  position: count,
  at: z.iso.datetime(),
  cause: causeSchema,
  receipt_ms: z.number().min(0),
  processes: z.array(confirmationSchema),
});
export type JournalEntry = z.infer<typeof journalEntrySchema>;

/** The maximum number of records that one answer of `GET /api/cache/log` lists. */
const MAX_LISTED = 200;

/** `GET /api/cache/log`, newest first; `before` is the `next` of the previous page. */
export const invalidationLogQuerySchema = z.strictObject({
  limit: z.coerce.number<string>().pipe(z.int().min(1).max(MAX_LISTED)).default(50),
  before: z.coerce.number<string>().pipe(z.int().min(1)).optional(),
});
export type InvalidationLogQuery = z.infer<typeof invalidationLogQuerySchema>;

const recordSchema = z.strictObject({
  position: count,
  mode: z.enum(['invalidate', 'expire']),
  selectors: z
    .array(z.string())
    .describe(
      '`a` is everything, `p:` a prefix, `t:` a tag, `k:` a key, `s:` the JSON of a prefix with a scope. At most 20.',
    ),
  more_selectors: count.describe('How many others the record has.'),
  at: z.iso.datetime().nullable().describe('When it was appended, by the clock of the process that appended it.'),
  cause: causeSchema.nullable(),
  receipt_ms: z.number().min(0).nullable(),
  processes: z.array(confirmationSchema).nullable().describe('The processes, in the order in which they confirmed.'),
});
export type InvalidationRecordAnswer = z.infer<typeof recordSchema>;

/** The answer of `GET /api/cache/log`. `at`, `cause`, `receipt_ms` and `processes`: null if the journal has lost them. */
export const invalidationLogAnswerSchema = z.strictObject({
  success: z.literal(true),
  epoch: count.describe(
    'Positions are those of this epoch. A new epoch begins at 0 and invalidates every earlier load.',
  ),
  applied: z.number().describe('The position that the process that answers has applied.'),
  records: z.array(recordSchema),
  next: count.nullable().describe('The value of `before` for the next page; null at the end.'),
});
export type InvalidationLogAnswer = z.infer<typeof invalidationLogAnswerSchema>;
