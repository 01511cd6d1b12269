import { type ApiClient, ApiProblem, createClient } from '@pilotlight/client';
import { computed, signal } from '@preact/signals';

/** The name in the session storage: the token ends with the tab, and no other tab reads it. */
const STORED_AS = 'pilotlight-token';

const token = signal<string | null>(window.sessionStorage.getItem(STORED_AS));

export const hasToken = computed(() => token.value !== null);

/** The header `Authorization` of a request that `client` does not send: an upload, whose progress only an `XMLHttpRequest` reports. */
export const authorization = computed(() => (token.value === null ? null : `Bearer ${token.value}`));

/** Without `omit` the browser asks for the Basic credentials that a 401 offers, in a prompt of its own, before the console gets the answer. */
const withoutCredentials: typeof fetch = (input, init) => fetch(input, { ...init, credentials: 'omit' });

/** The client of the api of this page. It sends the token, once there is one, in the header `Authorization`. */
export const client = computed<ApiClient>(() =>
  createClient({
    url: window.location.origin,
    token: token.value ?? undefined,
    retries: 1,
    timeoutMs: 30_000,
    fetch: withoutCredentials,
  }),
);

export function setToken(next: string | null): void {
  if (next === null) window.sessionStorage.removeItem(STORED_AS);
  else window.sessionStorage.setItem(STORED_AS, next);
  token.value = next;
}

/** A question for a token that waits for the user. */
export interface TokenQuestion {
  /** What needs the token: "invalidate the prefix stats". */
  readonly purpose: string;
  /** Why the last token was refused; null for the first question. */
  readonly refused: string | null;
  readonly answer: (token: string | null) => void;
}

/** The open question; the dialog shows it. */
export const question = signal<TokenQuestion | null>(null);

/** The answer to the open question; several actions that are refused at once wait for the same one. */
let asking: Promise<boolean> | null = null;

/** Asks the user for a token. Resolves with false if the user cancels. While a question is open, resolves with its answer. */
export async function askForToken(purpose: string, refused: string | null = null): Promise<boolean> {
  asking ??= ask(purpose, refused).finally(() => {
    asking = null;
  });
  return await asking;
}

async function ask(purpose: string, refused: string | null): Promise<boolean> {
  const given = await new Promise<string | null>((answer) => {
    question.value = { purpose, refused, answer };
  });
  question.value = null;
  if (given === null) return false;
  setToken(given);
  return true;
}

/** Whether an error says that a token is missing, unknown or of a lesser role. */
export function isRefused(error: unknown): error is ApiProblem {
  return error instanceof ApiProblem && (error.status === 401 || error.status === 403);
}

/** The user was asked for a token and gave none. */
export class TokenNotGiven extends Error {
  override readonly name = 'TokenNotGiven';
}

/**
 * Runs an action of the user. If the api refuses it for its token, the user is asked for one, and the action runs again. Rejects with
 * `TokenNotGiven` if the user cancels.
 *
 * @param purpose what the action does, for the dialog: "delete the file app.log"
 */
export async function withToken<Result>(
  purpose: string,
  action: (client: ApiClient) => Promise<Result>,
): Promise<Result> {
  for (;;) {
    const used = token.peek();
    try {
      return await action(client.peek());
    } catch (error) {
      if (!isRefused(error)) throw error;
      // Another action was given a token meanwhile.
      if (token.peek() !== used) continue;
      const refused = hasToken.peek() ? error.message : null;
      // An unknown or expired token is of no use for anything else.
      if (error.status === 401) setToken(null);
      if (!(await askForToken(purpose, refused))) throw new TokenNotGiven(`no token was given to ${purpose}`);
    }
  }
}
