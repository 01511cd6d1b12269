import type { QueryChange } from '../../router/query.ts';
import { type Hit, LEVELS, type Level, type SearchBody, type StatsQuery } from './search-types.ts';

const PAGE_SIZE = 50;
/** Lines before, and lines after, a line whose context is open. */
const CONTEXT_LINES = 10;
/** A shared URL remembers at most this number of pages to go back to. */
const MAX_CURSORS = 30;
const MAX_OPEN = 10;

type SearchSort = 'newest' | 'oldest' | 'line';

/** What the page shows. All of it is in the query of the URL, with the names of the api. */
export interface SearchState {
  readonly q: string;
  /** Empty: all levels. */
  readonly levels: readonly Level[];
  readonly service: string;
  readonly fileId: string;
  /** The half-open span of time, as text that the api parses; empty if it has no such end. */
  readonly from: string;
  readonly to: string;
  /** `line` only within one file. */
  readonly sort: SearchSort;
  /** The cursors of the pages that led to this one; the last one is the cursor of this page. Empty for the first page. */
  readonly cursors: readonly string[];
  /** The number of the page, from 1. */
  readonly page: number;
  /** The ids of the lines whose context is open. */
  readonly open: readonly string[];
  readonly isLive: boolean;
}

/** Reads the state from the query of the URL. A level or a sort that does not exist is left out; the api checks the rest. */
export function stateOf(query: URLSearchParams): SearchState {
  const text = (name: string): string => query.get(name) ?? '';
  const levels = query.getAll('level');
  const cursors = query.getAll('after');
  return {
    q: text('q'),
    levels: LEVELS.filter((level) => levels.includes(level)),
    service: text('service'),
    fileId: text('file_id'),
    from: text('from'),
    to: text('to'),
    sort: sortOf(text('sort'), text('file_id')),
    cursors,
    // Without a cursor the api answers with the first page, whatever the URL says.
    page: cursors.length === 0 ? 1 : Math.max(cursors.length + 1, Math.trunc(Number(text('page'))) || 1),
    open: query.getAll('open').slice(0, MAX_OPEN),
    isLive: text('live') === '1',
  };
}

/** Returns an order that the api accepts; the order of lines is one within a file. */
export function sortOf(text: string, fileId: string): SearchSort {
  if (text === 'line' && fileId !== '') return 'line';
  return text === 'oldest' ? 'oldest' : 'newest';
}

/** Filters that the user changes. */
export type FilterChange = Partial<Pick<SearchState, 'q' | 'levels' | 'service' | 'fileId' | 'from' | 'to' | 'sort'>>;

const FIRST_PAGE = { after: null, page: null, open: null } as const;

/** Returns the change of the URL for other filters: they begin at the first page. */
export function filtered({ fileId, levels, ...same }: FilterChange): QueryChange {
  return {
    ...FIRST_PAGE,
    ...same,
    ...(fileId !== undefined && { file_id: fileId }),
    ...(levels !== undefined && { level: levels.length === LEVELS.length ? [] : levels }),
    ...(same.sort === 'newest' && { sort: null }),
  };
}

/** Returns the change of the URL that leads to the page after a cursor. */
export function nextPage({ cursors, page }: SearchState, next: string): QueryChange {
  return { open: null, after: [...cursors, next].slice(-MAX_CURSORS), page: String(page + 1) };
}

/** Returns the change of the URL that leads one page back: to the first one, if the URL does not have the cursor of the page before. */
export function previousPage({ cursors, page }: SearchState): QueryChange {
  const before = cursors.slice(0, -1);
  if (before.length === 0) return FIRST_PAGE;
  return { open: null, after: before, page: String(page - 1) };
}

/** Returns the change of the URL that opens the context of a line, or closes it. */
export function toggled({ open }: SearchState, id: string): QueryChange {
  return { open: open.includes(id) ? open.filter((one) => one !== id) : [...open, id].slice(-MAX_OPEN) };
}

/** Returns whether a filter narrows the lines; the text of the query is not a filter. */
export function hasFilters({ levels, service, fileId, from, to }: SearchState): boolean {
  return levels.length > 0 || [service, fileId, from, to].some((text) => text !== '');
}

/** Returns the fields that a search, the statistics and a live tail have in common, without empty ones. */
function conditionsOf({ levels, service, fileId, from, to }: SearchState) {
  return {
    ...(levels.length > 0 && { level: [...levels] }),
    ...(service !== '' && { service }),
    ...(fileId !== '' && { file_id: fileId }),
    ...(from !== '' && { from }),
    ...(to !== '' && { to }),
  };
}

/** Returns the body of `POST /api/search`. */
export function bodyOf(state: SearchState): SearchBody {
  const after = state.cursors.at(-1);
  return {
    ...conditionsOf(state),
    ...(state.q !== '' && { q: state.q }),
    ...(state.sort !== 'newest' && { sort: state.sort }),
    ...(after !== undefined && { after }),
    page_size: PAGE_SIZE,
  };
}

/** Returns the query of `GET /api/stats`. It counts all levels: the page hides the others, and shows how many lines they have. */
export function statsQueryOf(state: SearchState, tz: string): StatsQuery {
  return { ...conditionsOf({ ...state, levels: [] }), tz };
}

/** Returns the path of the live tail. */
export function tailPathOf(state: SearchState): string {
  const { level = [], ...others } = conditionsOf(state);
  const query = new URLSearchParams({ ...(state.q !== '' && { q: state.q }), ...others });
  for (const one of level) query.append('level', one);
  const text = query.toString();
  return text === '' ? '/api/search/events' : `/api/search/events?${text}`;
}

/** Searches that find a hit of the page with its context. */
interface ContextBodies {
  /** The matching lines of its file at its instant; null without an instant. One instant may have more lines than a page. */
  readonly near: SearchBody | null;
  /** The page of the hit. */
  readonly page: SearchBody;
}

export function contextBodies(state: SearchState, hit: Pick<Hit, 'file_id' | 'timestamp'>): ContextBodies {
  const page = { ...bodyOf(state), context: CONTEXT_LINES };
  if (hit.timestamp === null) return { near: null, page };
  const { after: _, ...conditions } = page;
  const to = new Date(Date.parse(hit.timestamp) + 1).toISOString();
  return { near: { ...conditions, file_id: hit.file_id, from: hit.timestamp, to }, page };
}
