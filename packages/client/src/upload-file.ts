import type { paths } from './api-types.ts';
import { type ApiAnswer, type ApiClient, answerOf } from './create-client.ts';

/** In ms. Longer than the 15 minutes that the api allows for a request, and the longest wait after it. */
const TIMEOUT_MS = 17 * 60_000;

type UploadAnswers = paths['/api/upload']['post']['responses'];

type UploadForm = paths['/api/upload']['post']['requestBody']['content']['multipart/form-data'];
export type UploadFields = Omit<UploadForm, 'file'>;

/** The answer of an upload: 201 once the file is indexed, 202 before. */
export type Uploaded = (UploadAnswers[201] | UploadAnswers[202])['content']['application/json'];

export interface UploadOptions {
  /** How many seconds to wait until the lines can be found. Defaults to 0. */
  readonly waitS?: number;
  /** How to read what the file leaves open; as in the form of `POST /api/upload`. */
  readonly readAs?: UploadFields;
  /** Called with the bytes that were sent so far, and with all of them. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
  readonly signal?: AbortSignal;
}

/** Uploads a file as it is read: its content is never in memory as a whole. An upload is not repeated. */
export async function uploadFile(
  client: ApiClient,
  file: File,
  { waitS = 0, readAs = {}, onProgress, signal }: UploadOptions = {},
): Promise<ApiAnswer<Uploaded>> {
  const body = new FormData();
  for (const [name, value] of Object.entries(readAs)) body.set(name, value);
  body.set('file', file);
  const headers = waitS > 0 ? { prefer: `wait=${waitS}` } : {};
  const request = new Request(client.urlOf('/api/upload'), {
    method: 'POST',
    headers,
    ...(signal && { signal }),
  });
  const sent = client.send(request, {
    body,
    timeout: TIMEOUT_MS,
    ...(onProgress && {
      onUploadProgress: ({ transferredBytes }) => onProgress(Math.min(transferredBytes, file.size), file.size),
    }),
  });
  const call = sent.then(async (response) => ({ data: (await response.json()) as Uploaded, response }));
  return await answerOf(call);
}
