import { z } from 'zod';
import { formatNameSchema } from './format-name.ts';

/** The data of each event of `GET /api/files/:id/events`, by its name. */
export const fileEventSchemas = {
  /** The whole file is stored. */
  stored: z.object({
    file_id: z.uuid(),
    name: z.string(),
    size_bytes: z.int().min(0),
    uploaded_at: z.iso.datetime(),
  }),
  /** A worker reads the file: the last line of the records written, and unpacked bytes read so far. A later attempt starts over. */
  progress: z.object({ attempt: z.int().min(1), lines: z.int().min(0), bytes: z.int().min(0) }),
  /** The lines can be found. */
  indexed: z.object({
    format: formatNameSchema.nullable(),
    line_count: z.int().min(0),
    record_count: z.int().min(0),
    error_count: z.int().min(0),
    unparsed_count: z.int().min(0),
    indexed_at: z.iso.datetime().nullable(),
  }),
  /** The file could not be ingested. */
  failed: z.object({ error: z.string() }),
  /** No process serves an answer without the change. The position is null if its event was removed because it is old. */
  invalidated: z.object({ position: z.int().min(0).nullable() }),
  /**
   * The last event. `done`: the answers in demand under these prefixes have been reloaded since. `unknown`: no such run has reported
   * within a minute.
   */
  warmed: z.object({ state: z.enum(['done', 'unknown']), prefixes: z.array(z.string()) }),
  /** The file was deleted; the last event. */
  deleted: z.object({ file_id: z.uuid() }),
} as const;
export type FileEventName = keyof typeof fileEventSchemas;

/** An event of the stream; its `id` is the `Last-Event-ID` from which a stream continues after it. */
export type FileEvent = {
  [Name in FileEventName]: { id: string; event: Name; data: z.infer<(typeof fileEventSchemas)[Name]> };
}[FileEventName];

/** How far a client has read a stream. */
export type FileEventPosition =
  | { readonly event: Exclude<FileEventName, 'progress'> }
  | { readonly event: 'progress'; readonly attempt: number; readonly lines: number };

/** Returns the id of an event: its name, and for `progress` also how far the ingest had come. */
export function fileEventId(position: FileEventPosition): string {
  return position.event === 'progress' ? `progress-${position.attempt}-${position.lines}` : position.event;
}

/** Parses a `Last-Event-ID`. Returns null for text that is not the id of an event of such a stream. */
export function parseFileEventId(id: string): FileEventPosition | null {
  const [, attempt, lines] = /^progress-(\d{1,9})-(\d{1,10})$/.exec(id) ?? [];
  if (attempt !== undefined && lines !== undefined)
    return { event: 'progress', attempt: Number(attempt), lines: Number(lines) };
  return isFileEventName(id) && id !== 'progress' ? { event: id } : null;
}

function isFileEventName(text: string): text is FileEventName {
  return Object.hasOwn(fileEventSchemas, text);
}
