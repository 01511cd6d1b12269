import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { invalidateByEvent } from '../invalidate-by-event.ts';
import type { RunningApi } from '../start-api.ts';

/** Requests to an api of a test. */
export interface ApiRequests {
  readonly url: string;
  fetch(path: string, init?: RequestInit): Promise<Response>;
  postJson(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  upload(content: string | Buffer<ArrayBuffer>, name?: string, headers?: Record<string, string>): Promise<Response>;
  /** Uploads a file and indexes it like a worker. Returns its id. */
  uploadIndexed(content: string, name?: string): Promise<string>;
  /** Ingests a file like a worker. */
  ingest(fileId: string): Promise<void>;
  /** Sends raw bytes over a new connection. */
  raw(bytes: string | Buffer): Promise<Socket>;
}

/** Returns the requests of a `TestApi`. */
export function requestsOf(api: RunningApi): ApiRequests {
  const { url, deps } = api;
  const ask = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  const upload: ApiRequests['upload'] = (content, name = 'app.log', headers = {}) => {
    const body = new FormData();
    body.set('file', new File([content], name));
    return ask('/api/upload', { method: 'POST', body, headers });
  };
  const ingest = async (fileId: string) => {
    const result = await deps.origin.ingest(fileId);
    if (result.outcome !== 'skipped') await invalidateByEvent(deps, result.event);
  };
  return {
    url,
    fetch: ask,
    postJson: (path: string, body: unknown, headers: Record<string, string> = {}) =>
      ask(path, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    upload,
    ingest,
    uploadIndexed: async (content: string, name?: string) => {
      const { file } = (await (await upload(content, name)).json()) as { file: { id: string } };
      await ingest(file.id);
      return file.id;
    },
    raw: async (bytes: string | Buffer) => {
      const { hostname, port } = new URL(url);
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      socket.write(bytes);
      return socket;
    },
  };
}
