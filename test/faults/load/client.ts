import { Agent, FormData, fetch } from 'undici';

export interface Reply {
  readonly status: number;
  /** The `Cache-Status` header. */
  readonly cacheStatus: string;
  // biome-ignore lint/suspicious/noExplicitAny: the reader of the response checks it
  readonly json: any;
}

/** Longer than any response takes while its process is healthy. */
const GIVE_UP_MS = 15_000;

/** Sends requests to api processes. A missing response is an error with a short reason as its message. */
export class Client {
  readonly #agent = new Agent({ connections: 64, connectTimeout: 2_000 });

  async get(url: string, path: string): Promise<Reply> {
    return await this.#ask(url, path, { method: 'GET' });
  }

  async post(url: string, path: string, body: object): Promise<Reply> {
    const headers = { 'content-type': 'application/json' };
    return await this.#ask(url, path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async delete(url: string, path: string): Promise<Reply> {
    return await this.#ask(url, path, { method: 'DELETE' });
  }

  async upload(url: string, name: string, text: string, waitSeconds: number | null): Promise<Reply> {
    const form = new FormData();
    form.append('file', new Blob([text]), name);
    const headers: Record<string, string> = waitSeconds === null ? {} : { prefer: `wait=${waitSeconds}` };
    return await this.#ask(url, '/api/upload', { method: 'POST', headers, body: form });
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #ask(url: string, path: string, init: Parameters<typeof fetch>[1]): Promise<Reply> {
    if (url === '') throw new Error('not listening');
    try {
      const signal = AbortSignal.timeout(GIVE_UP_MS);
      const answer = await fetch(`${url}${path}`, { ...init, signal, dispatcher: this.#agent });
      const text = await answer.text();
      const json: unknown = text === '' ? undefined : JSON.parse(text);
      return { status: answer.status, cacheStatus: answer.headers.get('cache-status') ?? '', json };
    } catch (error) {
      throw new Error(reasonOf(error), { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  const causes: unknown[] = [error, error instanceof Error ? error.cause : undefined];
  for (const cause of causes) {
    if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  }
  return error instanceof Error ? error.name : String(error);
}
