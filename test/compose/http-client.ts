import { setTimeout } from 'node:timers/promises';
import type { LogFile } from '@pilotlight/contracts';
import type { Uploaded } from '../harness/upload.ts';

const WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: tests assert what they read of the response
  readonly json: any;
}

/** Sends requests with an API token to the proxy or to one api. */
export class HttpClient {
  readonly url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.#token = token;
  }

  async ask(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<Answer> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, json: text.startsWith('{') ? JSON.parse(text) : text };
  }

  /** Returns how many lines a search finds. */
  async found(q: string): Promise<number> {
    return (await this.#answered('POST', '/api/search', { q })).json.total;
  }

  /** Returns how many lines a service has. */
  async counted(service: string): Promise<number> {
    return (await this.#answered('GET', `/api/stats?service=${service}`)).json.stats.total_logs;
  }

  /** Uploads a text and waits until it is indexed, also if that takes longer than the api waits. */
  async upload(name: string, content: string): Promise<Uploaded> {
    const form = new FormData();
    form.append('file', new Blob([content]), name);
    const answer = await fetch(`${this.url}/api/upload`, {
      method: 'POST',
      body: form,
      headers: { authorization: `Bearer ${this.#token}`, prefer: 'wait=30' },
      signal: AbortSignal.timeout(WITHIN_MS),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`upload of ${name}: expected 201 or 202, got ${answer.status} ${text}`);
    const uploaded = JSON.parse(text) as Uploaded;
    return answer.status === 202 ? await this.#untilIndexed(uploaded.file) : uploaded;
  }

  /** Asks again if the containers are too slow at the moment: a refusal is not stale. */
  async #answered(...asked: Parameters<HttpClient['ask']>): Promise<Answer> {
    for (;;) {
      const answer = await this.ask(...asked);
      if (answer.status !== 503 && answer.status !== 504) return answer;
      await setTimeout(1_000 * Number(answer.headers.get('retry-after') ?? 1));
    }
  }

  async #untilIndexed({ id, name }: LogFile): Promise<Uploaded> {
    for (;;) {
      const { status, json } = await this.ask('GET', `/api/files/${id}?cache=false`);
      if (status === 200) {
        const { invalidation, ...file } = json.file;
        if (invalidation.state === 'applied' && file.status === 'indexed') return { file, invalidation };
        if (file.status === 'failed') throw new Error(`${name} failed: ${file.error}`);
      }
      await setTimeout(LOOK_EVERY_MS);
    }
  }
}
