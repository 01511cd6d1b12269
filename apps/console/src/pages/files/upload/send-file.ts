import {
  type ApiAnswer,
  ApiProblem,
  ApiUnreachable,
  outcomeOf,
  type Uploaded,
  type UploadFields,
} from '@pilotlight/client';
import { sentName } from '../log-file.ts';

export interface SendFileOptions {
  /** How to read what the file leaves open. */
  readonly readAs: UploadFields;
  /** The header `Authorization`; null without a token. */
  readonly authorization: string | null;
  readonly signal: AbortSignal;
  /** Called with the bytes of the body that the browser has sent so far. */
  readonly onSent: (bytes: number) => void;
  /** Called once the browser has sent the whole body; the api still has to answer. */
  readonly onAllSent: () => void;
}

/**
 * Uploads a file with `XMLHttpRequest`: a browser reports how much of a body it has sent in no other way, and takes a stream as a body
 * over HTTP/2 only. Rejects with `ApiProblem` and `ApiUnreachable` as every call of the client does, and with the reason of `signal`.
 */
export async function sendFile(file: File, options: SendFileOptions): Promise<ApiAnswer<Uploaded>> {
  const { readAs, authorization, signal, onSent, onAllSent } = options;
  signal.throwIfAborted();
  const body = new FormData();
  for (const [name, value] of Object.entries(readAs)) body.set(name, value);
  body.set('file', file, sentName(file.name));
  const request = new XMLHttpRequest();
  request.open('POST', '/api/upload');
  if (authorization !== null) request.setRequestHeader('authorization', authorization);
  request.upload.addEventListener('progress', ({ loaded }) => onSent(loaded));
  request.upload.addEventListener('load', onAllSent);
  const abort = (): void => request.abort();
  signal.addEventListener('abort', abort);
  try {
    return await new Promise((resolve, reject) => {
      request.addEventListener('load', () => {
        const response = responseOf(request);
        const parsed = parse(request.responseText);
        if (!response.ok) reject(new ApiProblem(response.status, response.headers, parsed));
        else resolve({ data: parsed as Uploaded, outcome: outcomeOf(response.headers), response });
      });
      request.addEventListener('error', () => reject(new ApiUnreachable(BROKEN)));
      request.addEventListener('abort', () => reject(signal.reason));
      request.send(body);
    });
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

const BROKEN = 'The connection broke before the api answered, so the browser has no reason for it';

function responseOf(request: XMLHttpRequest): Response {
  const headers = new Headers();
  for (const line of request.getAllResponseHeaders().trim().split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return new Response(null, { status: request.status, headers });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy answered with a page: `ApiProblem` says so.
    return null;
  }
}
