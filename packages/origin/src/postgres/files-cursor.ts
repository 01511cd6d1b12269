import { validate as isUuid } from 'uuid';
import { BadCursor } from '../errors.ts';

/** The last file of a page: the next one begins after it. */
export interface FilesPosition {
  uploadedAt: Date;
  id: string;
}

/** Opaque to clients, so that the order can change without breaking one. */
export function encodeCursor(position: FilesPosition): string {
  return Buffer.from(`${position.uploadedAt.getTime()}.${position.id}`).toString('base64url');
}

/** Rejects with `BadCursor` what `encodeCursor` cannot have given. */
export function decodeCursor(cursor: string): FilesPosition {
  const [ms = '', id = '', ...rest] = Buffer.from(cursor, 'base64url').toString('latin1').split('.');
  const position = { uploadedAt: new Date(Number(ms)), id };
  if (rest.length > 0 || !/^\d{1,14}$/.test(ms) || !isUuid(id) || encodeCursor(position) !== cursor) {
    throw new BadCursor();
  }
  return position;
}
