import { request } from 'undici';
import type { Requests } from './load/requests.ts';
import type { HttpStage } from './stage.ts';

export const SIZES = { '0.3 kB': 300, '3 kB': 3_000, '46 kB': 46_000 } as const;
export type Size = keyof typeof SIZES;

/** Requests whose answers have about one size. */
export interface Targets {
  readonly get: Requests;
  readonly post: Requests;
  /** Many answers of this size, so that few requests at once ask for the same one. */
  readonly rotating: Requests;
}

const MAX_ROTATING = 500;
/** Services that no record has: their stats are the shortest answers, and each is another key. */
export const ABSENT = '/api/stats?service=absent-';

export async function targetsOf(stage: HttpStage, size: Size): Promise<Targets> {
  const { headers } = stage;
  const get = (paths: readonly string[]): Requests => ({ method: 'GET', headers, paths: { kind: 'list', paths } });
  const search = (body: object): Requests => ({
    method: 'POST',
    headers,
    body: JSON.stringify(body),
    paths: { kind: 'list', paths: ['/api/search'] },
  });
  if (size === '0.3 kB') {
    const oneFile = await pagesOf(stage, 1); // stats would be stale after 60 s, between two samples
    return { get: get([`${ABSENT}0`]), post: search({ q: 'nowhere' }), rotating: get(oneFile) };
  }
  const limit = await countOfSize(stage, SIZES[size], (count) => ({ path: `/api/files?limit=${count}` }));
  const pageSize = await countOfSize(stage, SIZES[size], (count) => ({ path: '/api/search', body: searchOf(count) }));
  return {
    get: get([`/api/files?limit=${limit}`]),
    post: search(searchOf(pageSize)),
    rotating: get(await pagesOf(stage, limit)),
  };
}

const searchOf = (pageSize: number) => ({ q: 'checkout', page_size: pageSize });

/** Returns how many items make an answer of that many bytes. */
async function countOfSize(
  stage: HttpStage,
  bytes: number,
  of: (count: number) => { path: string; body?: object },
): Promise<number> {
  const few = await bytesOf(stage, of(1));
  const many = await bytesOf(stage, of(51));
  return Math.max(1, Math.round((bytes - few) / ((many - few) / 50)) + 1);
}

async function bytesOf(stage: HttpStage, asked: { path: string; body?: object }): Promise<number> {
  return JSON.stringify(await readJson(stage, asked)).length;
}

async function readJson(
  { api, headers }: HttpStage,
  { path, body }: { path: string; body?: object },
): Promise<unknown> {
  const answer = await request(api.url + path, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (answer.statusCode !== 200)
    throw new Error(`${path}: expected 200, got ${answer.statusCode}: ${await answer.body.text()}`);
  return await answer.body.json();
}

/** Returns the paths of whole pages of that length, each of which begins at another file. */
async function pagesOf(stage: HttpStage, limit: number): Promise<string[]> {
  const paths: string[] = [];
  let cursor: string | null = null;
  while (paths.length < Math.min(MAX_ROTATING, stage.files - limit)) {
    const page = await readJson(stage, {
      path: `/api/files?limit=1${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
    });
    cursor = (page as { next: string | null }).next;
    if (cursor === null) break;
    paths.push(`/api/files?limit=${limit}&cursor=${encodeURIComponent(cursor)}`);
  }
  return paths;
}
