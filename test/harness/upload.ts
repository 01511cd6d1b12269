import type { Invalidation, LogFile } from '@pilotlight/contracts';
import { vi } from 'vitest';
import { type Api, ask } from './ask.ts';

type Content = string | Uint8Array<ArrayBuffer>;

export interface Uploaded {
  readonly file: LogFile;
  readonly invalidation: Invalidation;
}

const INDEXED_WITHIN_MS = 90_000;

/** Uploads a text. Throws on any status but 201 and 202. */
export function uploadText(api: Api, name: string, content: Content): Promise<Uploaded> {
  return upload(api, name, content, {});
}

/** Uploads a text. Resolves when it is indexed and every process knows it. */
export async function uploadIndexed(api: Api, name: string, content: Content): Promise<Uploaded> {
  const uploaded = await upload(api, name, content, { prefer: 'wait=30' });
  const isKnown = uploaded.file.status === 'indexed' && uploaded.invalidation.state === 'applied';
  return isKnown ? uploaded : await untilIndexed(api, uploaded.file.id);
}

/** Resolves when the file is indexed and every process knows it. Rejects if it cannot be indexed. */
export async function untilIndexed(api: Api, id: string): Promise<Uploaded> {
  const known = async (): Promise<Uploaded | null> => {
    const { status, json } = await ask(api, 'GET', `/api/files/${id}`);
    if (status !== 200) return null;
    const { invalidation, ...file } = json.file;
    if (file.status === 'failed') throw new Error(`${file.name} could not be indexed: ${file.error}`);
    return file.status === 'indexed' && invalidation.state === 'applied' ? { file, invalidation } : null;
  };
  return await vi.waitUntil(known, { timeout: INDEXED_WITHIN_MS, interval: 100 });
}

async function upload(api: Api, name: string, content: Content, headers: Record<string, string>): Promise<Uploaded> {
  const form = new FormData();
  form.append('file', new Blob([content]), name);
  const answer = await fetch(`${api.url}/api/upload`, { method: 'POST', body: form, headers });
  const text = await answer.text();
  if (answer.status !== 201 && answer.status !== 202) throw new Error(`upload of ${name}: ${answer.status} ${text}`);
  return JSON.parse(text) as Uploaded;
}
