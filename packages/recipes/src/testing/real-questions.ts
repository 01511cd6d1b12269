import { type SearchHit, searchBodySchema } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { Question } from './tally.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_MS = 365 * DAY_MS;

/**
 * Each generates a question about a given record. Texts are searched within a day or a file: every change invalidates an unbounded
 * search, as intended, so such searches would dominate the measured precision.
 */
const KINDS: ((record: Seen) => Question)[] = [
  (seen) => ({ of: 'stats', asks: windowOf(seen, DAY_MS) }),
  (seen) => ({ of: 'stats', asks: windowOf(seen, HOUR_MS) }),
  (seen) => ({ of: 'stats', asks: { ...windowOf(seen, DAY_MS), ...serviceOf(seen) } }),
  (seen) => ({ of: 'stats', asks: { ...windowOf(seen, YEAR_MS), ...serviceOf(seen) } }),
  (seen) => ({ of: 'search', asks: windowOf(seen, HOUR_MS) }),
  (seen) => ({ of: 'search', asks: windowOf(seen, MINUTE_MS) }),
  (seen) => ({ of: 'search', asks: { ...windowOf(seen, DAY_MS), level: seen.level } }),
  (seen) => ({ of: 'search', asks: { ...windowOf(seen, HOUR_MS), level: ['ERROR', 'FATAL'] } }),
  (seen) => ({ of: 'search', asks: { ...windowOf(seen, DAY_MS), ...serviceOf(seen) } }),
  (seen) => ({ of: 'search', asks: { ...windowOf(seen, DAY_MS), q: wordOf(seen) } }),
  (seen) => ({ of: 'search', asks: { file_id: seen.file_id } }),
  (seen) => ({ of: 'search', asks: { file_id: seen.file_id, q: wordOf(seen) } }),
  (seen) => ({ of: 'search', asks: { ...windowOf(seen, DAY_MS), sort: 'oldest', page: 2, page_size: 20 } }),
  // The same time a day later, when usually no record exists.
  (seen) => ({ of: 'search', asks: windowOf({ ...seen, atMs: seen.atMs + DAY_MS }, HOUR_MS) }),
];

interface Seen extends SearchHit {
  readonly atMs: number;
}

/** Questions without bounds: all records, and all errors. */
const ALWAYS: Question[] = [
  { of: 'stats', asks: {} },
  { of: 'search', asks: {} },
  { of: 'search', asks: { level: 'ERROR' } },
];

/** Returns questions of each kind about `perFile` records spread over each file. */
export async function realQuestions(origin: Origin, fileIds: readonly string[], perFile: number): Promise<Question[]> {
  const questions = new Map(ALWAYS.map((question) => [JSON.stringify(question), question]));
  for (const fileId of fileIds) {
    for (const seen of await recordsOf(origin, fileId, perFile)) {
      for (const kind of KINDS) {
        const question = kind(seen);
        questions.set(JSON.stringify(question), question);
      }
    }
  }
  return [...questions.values()];
}

async function recordsOf(origin: Origin, fileId: string, count: number): Promise<Seen[]> {
  const query = { file_id: fileId, sort: 'oldest', page_size: 1 };
  const { total } = await origin.logs.search(searchBodySchema.parse(query));
  const found: Seen[] = [];
  for (let n = 0; n < count; n++) {
    const page = 1 + Math.floor((Math.min(total, 10_000) - 1) * ((n + 0.5) / count));
    const [hit] = (await origin.logs.search(searchBodySchema.parse({ ...query, page }))).results;
    if (hit?.timestamp) found.push({ ...hit, atMs: Date.parse(hit.timestamp) });
  }
  return found;
}

/** Returns the hour, day etc. that contains the record. */
function windowOf({ atMs }: Seen, spanMs: number): { from: string; to: string } {
  const from = Math.floor(atMs / spanMs) * spanMs;
  return { from: new Date(from).toISOString(), to: new Date(from + spanMs).toISOString() };
}

const serviceOf = ({ service }: Seen): Record<string, string> => (service === null ? {} : { service });
const wordOf = ({ message }: Seen): string =>
  message.match(/\p{L}{4,}/gu)?.reduce((a, b) => (a.length >= b.length ? a : b)) ?? 'error';
