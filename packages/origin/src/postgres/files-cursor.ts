import { validate as isUuid } from 'uuid';
import { BadCursor } from '../errors.ts';

/** The last file of a page. The next page begins after it. */
export interface FilesPosition {
  uploadedAt: Date;
  id: string;
}

/** Encodes a position. The result is opaque to clients, so the order can change without breaking them. */
export function encodeCursor(position: FilesPosition): string {
  return Buffer.from(`${position.uploadedAt.getTime()}.${position.id}`).toString('base64url');
}

/** Decodes a cursor. Throws `BadCursor` for text that `encodeCursor` cannot have returned. */
export function decodeCursor(cursor: string): FilesPosition {
  const [ms = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const position = { uploadedAt: new Date(Number(ms)), id };
  if (rest.length > 0 || !/^\d{1,14}$/.test(ms) || !isUuid(id) || encodeCursor(position) !== cursor) {
    throw new BadCursor('cursor');
  }
  return position;
}
