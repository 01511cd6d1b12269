import type { paths } from '@pilotlight/client';

type Json<Answer> = Answer extends { content: { 'application/json': infer Data } } ? Data : never;

type Answered = Json<paths['/api/search']['post']['responses'][200]>;
/** Ranges `[start, end)` of a message, in UTF-16 units and in order. The typed client has no tuples. */
export type Highlight = readonly (readonly number[])[];
export type Hit = Omit<Answered['results'][number], 'highlight'> & { readonly highlight: Highlight };
export type SearchAnswer = Omit<Answered, 'results'> & { readonly results: readonly Hit[] };
export type ContextLine = NonNullable<Hit['context']>['before'][number];
export type Level = Hit['level'];
export type LogStats = Json<paths['/api/stats']['get']['responses'][200]>['stats'];
export type Bucket = LogStats['timeline'][number];
export type SearchBody = NonNullable<paths['/api/search']['post']['requestBody']>['content']['application/json'];
export type StatsQuery = NonNullable<paths['/api/stats']['get']['parameters']['query']>;

/** The levels from grave to harmless: the order of the filter, and of a bar from its foot. */
export const LEVELS = [
  'FATAL',
  'ERROR',
  'WARN',
  'NOTICE',
  'INFO',
  'DEBUG',
  'TRACE',
  'UNKNOWN',
] as const satisfies readonly Level[];
