import type { paths } from '@pilotlight/client';
import type { FilesAnswer } from '../log-file.ts';

type FilesQuery = NonNullable<paths['/api/files']['get']['parameters']['query']>;
type ListedState = NonNullable<FilesQuery['state']>;

/** The states by which the list is narrowed; `null` is all of them. */
export const STATES: readonly { readonly state: ListedState | null; readonly label: string }[] = [
  { state: null, label: 'All' },
  { state: 'in_progress', label: 'In progress' },
  { state: 'indexed', label: 'Indexed' },
  { state: 'failed', label: 'Failed' },
];
export const PAGE_SIZES = [25, 50, 100, 250] as const;
export const PAGE_SIZE = 50;

/** Returns the state that a URL names; null for all, and for text that is not a state. */
export function stateOf(text: string | null): ListedState | null {
  return STATES.find(({ state }) => state === text)?.state ?? null;
}

/** Returns the number of files in a state. */
export function countOf({ total_files: all, by_status: by }: FilesAnswer['stats'], state: ListedState | null): number {
  if (state === null) return all;
  return state === 'in_progress' ? (by['received'] ?? 0) + (by['indexing'] ?? 0) : (by[state] ?? 0);
}

/** Returns the query of `GET /api/files` for the query of the page. Values that the api would refuse are left out. */
export function filesQueryOf(query: URLSearchParams): FilesQuery & { readonly limit: number } {
  const limit = PAGE_SIZES.find((size) => String(size) === query.get('rows')) ?? PAGE_SIZE;
  const [cursor, name] = ['cursor', 'name'].map((one) => query.get(one)?.slice(0, 200) ?? '');
  const state = stateOf(query.get('state'));
  return { limit, ...(cursor && { cursor }), ...(name && { name }), ...(state && { state }) };
}
