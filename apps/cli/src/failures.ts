import { ApiProblem, ApiUnreachable } from '@pilotlight/client';
import { CommandFailed, InvalidUse } from './command.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';

/** The end of a command that failed. */
export interface Failure {
  readonly code: ExitCode;
  /** For the user: what happened, and what to do. */
  readonly message: string;
}

/** Returns how a command ends that failed with this error. Only an unexpected error has a stack. */
export function failureOf(error: unknown): Failure {
  if (error instanceof InvalidUse) return { code: EXIT_CODES.invalid, message: error.message };
  if (error instanceof CommandFailed) return { code: EXIT_CODES.failed, message: error.message };
  if (error instanceof ApiUnreachable) {
    const todo = 'start the service with "npm start", or set PILOTLIGHT_URL to its address';
    return { code: EXIT_CODES.unreachable, message: `${error.message}; ${todo}` };
  }
  if (error instanceof ApiProblem) return failureOfProblem(error);
  if (isOfFileSystem(error))
    return {
      code: EXIT_CODES.invalid,
      message: `${error.path}: expected a path that can be used, got "${error.message}"`,
    };
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { code: EXIT_CODES.failed, message };
}

/** An error of node:fs about a path that the user named. */
function isOfFileSystem(error: unknown): error is Error & { readonly path: string } {
  return error instanceof Error && 'syscall' in error && 'path' in error && typeof error.path === 'string';
}

function failureOfProblem({ status, code, message, retryAfterS, requestId }: ApiProblem): Failure {
  const named = code === null ? `${status}: ${message}` : `${code}: ${message}`;
  switch (status) {
    case 400:
      return { code: EXIT_CODES.invalid, message: named };
    case 401:
      return {
        code: EXIT_CODES.unknownToken,
        message: `${named}; set PILOTLIGHT_TOKEN to a token of the api, such as the admin token that it prints at its start`,
      };
    case 403:
      return {
        code: EXIT_CODES.forbidden,
        message: `${named}; set PILOTLIGHT_TOKEN to a token with the role that the command needs`,
      };
    case 429:
      return { code: EXIT_CODES.limited, message: `${named}; repeat the command in ${retryAfterS ?? 60} s` };
    default: {
      const later = retryAfterS === null ? '' : `; repeat the command in ${retryAfterS} s`;
      const request = requestId === null ? '' : ` (request ${requestId})`;
      return { code: EXIT_CODES.failed, message: `${named}${later}${request}` };
    }
  }
}
