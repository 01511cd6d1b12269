/**
 * True for the records of files that are indexed. It is part of the statement that reads them, so both are of one
 * snapshot: a file appears and disappears as a whole.
 */
export const IS_VISIBLE = `file_id NOT IN (SELECT id FROM files WHERE status <> 'indexed')`;
