import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './api-types.ts';
import { outcomeOf, type ReadOutcome } from './outcome.ts';
import { createSend, type Send, type SendOptions } from './send.ts';
import { urlOf } from './url-of.ts';

export interface ClientOptions extends SendOptions {
  /** The address of the api, which may have a path: `http://127.0.0.1:5000`. */
  readonly url: string;
}

/** A client of the api. `GET`, `POST` and `DELETE` take a described path and its parameters: wrap each call in `answerOf`. */
export interface ApiClient extends Pick<Client<paths>, 'GET' | 'POST' | 'DELETE'> {
  /** Returns the URL of a path, which may have a query. */
  readonly urlOf: (path: string) => URL;
  readonly send: Send;
}

/** Creates a client. It sends nothing until it is used. */
export function createClient({ url, ...options }: ClientOptions): ApiClient {
  const send = createSend(url, options);
  const { GET, POST, DELETE } = createFetchClient<paths>({
    baseUrl: urlOf(url, '').href,
    fetch: (request) => send(request),
  });
  return { urlOf: (path) => urlOf(url, path), send, GET, POST, DELETE };
}

/** An answer without an error. `outcome` is null for a route that is not cached. */
export interface ApiAnswer<Data> {
  readonly data: Data;
  readonly outcome: ReadOutcome | null;
  readonly response: Response;
}

type Answered = { readonly data?: unknown; readonly response: Response };
type DataOf<Answer> = Answer extends { readonly data: infer Data } ? Data : never;

/** Awaits a call of a client. Rejects with `ApiProblem` if the api answers with an error, and with `ApiUnreachable` without an answer. */
export async function answerOf<Answer extends Answered>(call: Promise<Answer>): Promise<ApiAnswer<DataOf<Answer>>> {
  const { data, response } = await call;
  return { data: data as DataOf<Answer>, outcome: outcomeOf(response.headers), response };
}
