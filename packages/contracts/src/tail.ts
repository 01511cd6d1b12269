import { z } from 'zod';
import { refuseBackwardRange } from './fields.ts';
import { parseMoment } from './moment.ts';
import { searchBodySchema } from './search.ts';

const { q, level, service, file_id, from, to } = searchBodySchema.shape;

/** The query of `GET /api/search/events`: the conditions of a search, as parameters; `level` may be repeated. */
export const tailQuerySchema = z
  .strictObject({ q, level, service, file_id, from, to })
  .superRefine(refuseBackwardRange);
export type TailQuery = z.infer<typeof tailQuerySchema>;

/** Why lines of a live tail are skipped. */
export const SKIP_REASONS = [
  /** More lines of one file match than a stream sends of it; the newest are sent. */
  'lines_of_file',
  /** More lines match than a stream sends per second; the newest are sent. */
  'rate',
  /** The look for matches in one file took too long. */
  'slow',
  /** More files were indexed since the client disconnected than a stream looks at, or that was too long ago. */
  'behind',
] as const;

/** The data of each event of `GET /api/search/events`, by its name. */
export const tailEventSchemas = {
  /** The stream has begun: lines of files that are indexed from now on follow. */
  open: z.object({}),
  /** A line of a newly indexed file that matches: a result of a search. */
  line: z.looseObject({
    id: z.string(),
    file_id: z.uuid(),
    line: z.int().min(1),
    timestamp: z.iso.datetime().nullable(),
    level: z.string(),
    service: z.string().nullable(),
    message: z.string(),
  }),
  /** Lines that match and are not sent: null if their number is not known; `gte` if there may be more. */
  skipped: z.object({
    reason: z.enum(SKIP_REASONS),
    file_id: z.uuid().nullable(),
    lines: z.int().min(1).nullable(),
    lines_relation: z.enum(['eq', 'gte']),
  }),
} as const;

/** How far a client has read a live tail. */
export interface TailPosition {
  /** The files that were indexed by this moment (`parseMoment`) are done. */
  readonly since: string;
  /** Of the files indexed between `since` and `until`, those before one file are done. */
  readonly within: {
    readonly until: string;
    readonly fileId: string;
    /** A line of this file; 0 if no more lines of it are sent. */
    readonly line: number;
    /** Whether the line is the first one to send. Otherwise it is the last one that was sent. */
    readonly isNext: boolean;
  } | null;
}

const WITHIN = /^([^/]+)\/([0-9a-f-]{36})([:@])(\d{1,10})$/;

/** Returns the `id` of an event. */
export function tailEventId({ since, within }: TailPosition): string {
  if (within === null) return since;
  const { until, fileId, line, isNext } = within;
  return `${since}/${until}/${fileId}${isNext ? '@' : ':'}${line}`;
}

/** Parses a `Last-Event-ID`. Returns null for text that is not the id of an event of such a stream. */
export function parseTailEventId(id: string): TailPosition | null {
  const slash = id.indexOf('/');
  const since = slash === -1 ? id : id.slice(0, slash);
  if (parseMoment(since) === null) return null;
  if (slash === -1) return { since, within: null };
  const [, until = '', fileId = '', sign = '', line = ''] = WITHIN.exec(id.slice(slash + 1)) ?? [];
  if (parseMoment(until) === null || !z.uuid().safeParse(fileId).success) return null;
  return { since, within: { until, fileId, line: Number(line), isNext: sign === '@' } };
}
