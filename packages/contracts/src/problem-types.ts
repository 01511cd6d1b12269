import { CLIENT_PROBLEM_TYPES } from './client-problem-types.ts';
import { ERRORS_PATH } from './problem-type.ts';
import { SERVER_PROBLEM_TYPES } from './server-problem-types.ts';

/**
 * Every error code of the api. The key is the member `code` of the problem document. docs/errors.md and the page `/docs/errors` are
 * written from this table.
 */
export const PROBLEM_TYPES = { ...CLIENT_PROBLEM_TYPES, ...SERVER_PROBLEM_TYPES } as const;

export type ProblemCode = keyof typeof PROBLEM_TYPES;

/** Returns the `type` of a problem document: a URI reference with the full path of the page and the code as its fragment. */
export function problemTypeUrl(code: ProblemCode): string {
  return `${ERRORS_PATH}#${code}`;
}
