import type { paths } from './api-types.ts';
import { type ApiAnswer, type ApiClient, answerOf } from './create-client.ts';

type IngestAnswers = paths['/api/ingest']['post']['responses'];
/** The answer of an append: 201 once the lines can be found, 202 before. */
export type Ingested = (IngestAnswers[201] | IngestAnswers[202])['content']['application/json'];

export interface IngestOptions {
  readonly stream: string;
  /** Another one for each batch of lines. The request is repeated after a failure, and has its effect once. */
  readonly key: string;
  /** How many seconds to wait until the lines can be found. Defaults to 0. */
  readonly waitS?: number;
  readonly signal?: AbortSignal;
}

/** Appends lines to a stream. */
export async function ingestLines(
  client: ApiClient,
  lines: Uint8Array<ArrayBuffer>,
  { stream, key, waitS = 0, signal }: IngestOptions,
): Promise<ApiAnswer<Ingested>> {
  const request = new Request(client.urlOf(`/api/ingest?stream=${encodeURIComponent(stream)}`), {
    method: 'POST',
    headers: {
      'content-type': 'text/plain',
      'idempotency-key': `"${key}"`,
      ...(waitS > 0 && { prefer: `wait=${waitS}` }),
    },
    body: lines,
    ...(signal && { signal }),
  });
  const sent = client.send(request);
  return await answerOf(sent.then(async (response) => ({ data: (await response.json()) as Ingested, response })));
}
