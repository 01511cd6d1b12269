import { searchBodySchema, statsQuerySchema } from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { Client } from 'pg';
import { everyRecordSearch, everyRecordStats, type PlainQuery } from './every-record.ts';
import { BUSY_HOUR, COMMON_WORD, MIDDLE, PHRASE, RARE_WORD, SERVICE } from './scale-lines.ts';

/** One load of an endpoint: what a miss of the cache costs. */
export interface ScaleRequest {
  readonly id: string;
  /** Minimum of the ratio to the peer at the size at which it is measured. */
  readonly goal?: number;
  ask(origin: Origin): Promise<unknown>;
  /** Asks the peer. Without it the endpoint had no such request, or no goal names it. */
  askPeer?(client: Client): Promise<unknown>;
}

/** Returns every request. Cursors are taken from the store that is asked, because their form is its own. */
export function scaleRequests(): ScaleRequest[] {
  return [
    stats('stats, unbounded', {}, 20),
    stats('stats, one hour', BUSY_HOUR, 5),
    stats('stats, by service', { service: SERVICE }),
    { id: 'files', ask: (origin) => origin.files.list({ limit: 100 }) },
    search('search, no text', {}),
    search('search, common word', { q: COMMON_WORD, words: [[COMMON_WORD]] }, 20),
    search('search, rare word', { q: RARE_WORD, words: [[RARE_WORD]] }),
    search('search, phrase and common word', {
      q: `"${PHRASE}" ${COMMON_WORD}`,
      words: [PHRASE.split(' '), [COMMON_WORD]],
    }),
    search('search, by level ERROR', { level: 'ERROR' }, 20),
    search('search, by level FATAL', { level: 'FATAL' }, 20),
    search('search, by service', { service: SERVICE }, 20),
    deepPage(),
  ];
}

function stats(id: string, query: Pick<PlainQuery, 'from' | 'to' | 'service'>, goal?: number): ScaleRequest {
  const parsed = statsQuerySchema.parse(query);
  return {
    id,
    ...(goal !== undefined && { goal }),
    ask: (origin) => origin.logs.stats(parsed),
    askPeer: (client) => everyRecordStats(client, query),
  };
}

function search(id: string, { words = [], ...body }: PlainQuery & { q?: string }, goal?: number): ScaleRequest {
  const parsed = searchBodySchema.parse(body);
  return {
    id,
    ...(goal !== undefined && { goal }),
    ask: (origin) => origin.logs.search(parsed),
    askPeer: (client) => everyRecordSearch(client, { words, ...body }),
  };
}

/** The page behind a cursor in the middle of the records. */
function deepPage(): ScaleRequest {
  const cursors = new WeakMap<Origin, string>();
  return {
    id: 'search, page behind a deep cursor',
    ask: async (origin) => {
      const after = cursors.get(origin) ?? (await cursorAt(origin, MIDDLE));
      cursors.set(origin, after);
      return await origin.logs.search(searchBodySchema.parse({ after }));
    },
  };
}

async function cursorAt(origin: Origin, to: string): Promise<string> {
  const { next } = await origin.logs.search(searchBodySchema.parse({ to }));
  if (next === null) throw new Error(`expected more than one page of records before ${to}, got one`);
  return next;
}
