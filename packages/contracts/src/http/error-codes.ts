import type { ProblemCode } from '../problem-types.ts';

/** Errors of each route that reads from the database. */
export const FROM_DATABASE = ['ORIGIN_UNAVAILABLE', 'STARTING'] as const satisfies readonly ProblemCode[];
/** Errors of each cached route. */
export const FROM_LOAD = [
  ...FROM_DATABASE,
  'ORIGIN_OVERLOADED',
  'LOAD_TIMED_OUT',
] as const satisfies readonly ProblemCode[];
