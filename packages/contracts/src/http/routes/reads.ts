import { filesAnswerSchema, filesQuerySchema } from '../../files.ts';
import { searchAnswerSchema, searchBodySchema } from '../../search.ts';
import { statsAnswerSchema, statsQuerySchema } from '../../stats.ts';
import { tailQuerySchema } from '../../tail.ts';
import { cachedAnswers, EVENTS, lastEventId, notModified } from '../answers.ts';
import { FROM_DATABASE, FROM_LOAD } from '../error-codes.ts';
import { READ_REQUEST } from '../headers.ts';
import type { Route } from '../route.ts';

/** The cached routes. */
export const READS = {
  getStats: {
    method: 'GET',
    path: '/api/stats',
    tag: 'reads',
    summary: 'Counts of the log lines, by level, service, source and time',
    description:
      '`from` is included, `to` is not; a date without a time means 00:00 UTC. The timeline has at most 60 buckets, or up to 1,500 of the `interval` asked for, aligned to the clock of the time zone `tz`.',
    access: 'read',
    cached: 'stats',
    headers: READ_REQUEST,
    query: statsQuerySchema,
    answers: { ...cachedAnswers(statsAnswerSchema, 'The statistics.'), ...notModified },
    errors: ['INVALID_INPUT', ...FROM_LOAD],
  },
  searchLogs: {
    method: 'POST',
    path: '/api/search',
    tag: 'reads',
    summary: 'Finds log lines',
    description:
      'The body may be missing or labelled as a form or as plain text, as `curl -d` does; it is read as JSON.',
    access: 'read',
    cached: 'search',
    headers: READ_REQUEST,
    body: {
      type: 'application/json',
      schema: searchBodySchema,
      required: false,
      examples: {
        everything: {},
        'errors of a service': { q: 'declined', level: 'ERROR', service: 'pay', page_size: 10 },
        'a day': { q: 'disk OR memory', from: '2026-03-01', to: '2026-03-02', sort: 'oldest', context: 2 },
      },
    },
    answers: cachedAnswers(searchAnswerSchema, 'A page of matching lines.'),
    errors: ['INVALID_INPUT', 'SEARCH_TOO_SLOW', ...FROM_LOAD],
  },
  listFiles: {
    method: 'GET',
    path: '/api/files',
    tag: 'reads',
    summary: 'Lists the files, newest first',
    access: 'read',
    cached: 'files',
    headers: READ_REQUEST,
    query: filesQuerySchema,
    answers: { ...cachedAnswers(filesAnswerSchema, 'A page of files.'), ...notModified },
    errors: ['INVALID_INPUT', ...FROM_LOAD],
  },
  tailSearch: {
    method: 'GET',
    path: '/api/search/events',
    tag: 'reads',
    summary: 'Streams the new lines that match a search',
    description:
      'Server-sent events: `line` has a result of the search, `skipped` the number of lines that were dropped because there were too many. It begins with the files indexed from now on, or with `Last-Event-ID` after that event.',
    access: 'read',
    cached: null,
    query: tailQuerySchema,
    headers: lastEventId,
    answers: { 200: EVENTS },
    errors: ['INVALID_INPUT', 'TOO_MANY_STREAMS', 'TOO_MANY_STREAMS_OF_CLIENT', ...FROM_DATABASE],
  },
} as const satisfies Record<string, Route>;
