import { validate as isUuid } from 'uuid';
import { BadCursor } from '../errors.ts';
import { MAX_LINE } from '../last-line.ts';

/** A record's place in the order of a search. */
export interface SearchPosition {
  /** Ms since 1970; null for a record without a timestamp. */
  readonly atMs: number | null;
  readonly fileId: string;
  readonly line: number;
}

/** Encodes a position. The result is opaque to clients, and equal for every log store. */
export function encodeSearchCursor({ atMs, fileId, line }: SearchPosition): string {
  return Buffer.from(`${atMs ?? ''}.${fileId}.${line}`).toString('base64url');
}

/** Decodes a cursor. Throws `BadCursor` for text that `encodeSearchCursor` cannot have returned. */
export function decodeSearchCursor(cursor: string): SearchPosition {
  const [ms = '', fileId = '', line = '', ...rest] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const position = { atMs: ms === '' ? null : Number(ms), fileId, line: Number(line) };
  const isRead = rest.length === 0 && /^(?:-?\d{1,15})?$/.test(ms) && isUuid(fileId) && /^\d{1,10}$/.test(line);
  if (!isRead || position.line > MAX_LINE || !isInstant(position.atMs) || encodeSearchCursor(position) !== cursor)
    throw new BadCursor('after');
  return position;
}

/** Records have years from 1 to 9999. */
function isInstant(ms: number | null): boolean {
  return ms === null || (ms >= Date.parse('0001-01-01T00:00:00Z') && ms < Date.UTC(10_000, 0, 1));
}
