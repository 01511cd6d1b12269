import type { FilesQuery, SearchQuery } from '@pilotlight/contracts';

/**
 * Returns the kind of stats or of a search: `file` if it reads one file, which never changes once it is indexed; `bounded` if its time
 * has an end, so that new records rarely belong to it; otherwise `open`.
 */
export function kindOfRecords({ file_id: fileId, to }: Partial<Pick<SearchQuery, 'file_id' | 'to'>>): string {
  if (fileId !== undefined) return 'file';
  return to === undefined ? 'open' : 'bounded';
}

/** Returns the kind of a page of files: `newest` for the first page, which every upload changes, `older` for the others. */
export function kindOfList({ cursor }: Partial<Pick<FilesQuery, 'cursor'>>): string {
  return cursor === undefined ? 'newest' : 'older';
}
