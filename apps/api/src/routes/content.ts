import { basename } from 'node:path/win32';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { FileContent } from '@pilotlight/origin';
import type { Request, RequestHandler, Response } from 'express';
import type { Deps } from '../deps.ts';
import type { Handlers } from '../http/register-routes.ts';
import { noFile } from './files.ts';

/** A client that takes no bytes for this time loses its connection. */
const IDLE_MS = 30_000;
const MAX_NAME_CHARACTERS = 200;

/** `GET /api/files/:id/content`: the bytes as they were uploaded. They never change, so their entity tag is the file's id. */
export function getFileContent(deps: Deps): Handlers {
  return [sendContent(deps)];
}

function sendContent({ origin, migrations, logger }: Deps): RequestHandler {
  return async (request, response) => {
    const id = String(request.params['id']);
    await migrations.ready();
    const content = await origin.files.content(id);
    if (content === null) throw noFile(id);
    setHeaders(response, content);
    if (isKnown(request, content.id)) return void notModified(response);
    if (request.method === 'HEAD') return void response.end();
    response.setTimeout(IDLE_MS, () => response.destroy());
    try {
      // Reads the next piece only once the client has taken the last one: two pieces are in memory.
      await pipeline(Readable.from(content.chunks, { highWaterMark: 1 }), response);
    } catch (error) {
      if (!isHangUp(error)) throw error;
      logger.debug({ request_id: request.id }, `GET ${request.path}: the client ended the download`);
    }
  };
}

function setHeaders(response: Response, { id, name, sizeBytes, isGzipped }: FileContent): void {
  // Sets a type by the name's ending, too, which the next line replaces: the bytes are not trusted to be of that type.
  response.attachment(safeName(name));
  response.set({
    'Content-Type': isGzipped ? 'application/gzip' : 'application/octet-stream',
    'Content-Length': String(sizeBytes),
    ETag: `"${id}"`,
    'Cache-Control': 'private, no-cache',
    'Accept-Ranges': 'none',
  });
}

/** Returns the last part of an uploaded name: a client that saves the file under it stays in its folder. */
function safeName(name: string): string {
  const last = basename(name.replaceAll(/[\p{Cc}\p{Cf}]/gu, '_'))
    .slice(0, MAX_NAME_CHARACTERS)
    .toWellFormed();
  return /^[.\s]*$/.test(last) ? 'file' : last;
}

/** Express would ignore `If-None-Match` of a client that sends `Cache-Control: no-cache`, as fetch does. */
function isKnown(request: Request, id: string): boolean {
  const tags = request.get('if-none-match')?.split(',') ?? [];
  return tags.map((tag) => tag.trim().replace(/^W\//, '')).some((tag) => tag === '*' || tag === `"${id}"`);
}

function isHangUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function notModified(response: Response): void {
  for (const name of ['Content-Length', 'Content-Type', 'Content-Disposition']) response.removeHeader(name);
  response.status(304).end();
}
