import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { type RequestHandler } from 'express';
import Negotiator from 'negotiator';
import { builtConsole, type ConsoleFile } from '../console/built-console.ts';
import type { Handlers } from '../http/register-routes.ts';
import { resource } from '../http/resource.ts';
import { consoleHeaders } from '../http/security-headers.ts';

const BUILT = fileURLToPath(new URL('../../../console/dist', import.meta.url));
/** The paths of the pages. The browser draws them from the same file. */
const PAGES = ['/', '/search', '/files', '/cache', '/system'] as const;

/** `GET /`: the console. Everything that it loads comes from this server. */
export function openConsole(): Handlers {
  return [consoleFrom(BUILT)];
}

/** Whether the console was built before this process read it; without a build, `/` answers with a page that says so. */
export function isConsoleBuilt(): boolean {
  return existsSync(join(BUILT, 'index.html'));
}

/** Serves a built console. Other paths than those of its pages and files are left to the next handler. */
export function consoleFrom(directory: string): RequestHandler {
  const files = builtConsole(directory);
  const router = express.Router({ strict: true, caseSensitive: true });
  const page = files.get('/index.html');
  if (page === undefined) throw new Error(`expected index.html in ${join(directory)}, got none`);
  for (const path of PAGES) resource(router, path, { GET: [consoleHeaders(), send(page)] });
  for (const [name, file] of files) {
    if (name !== '/index.html') resource(router, name, { GET: [consoleHeaders(), send(file)] });
  }
  return router;
}

function send({ type, isImmutable, etag, codings }: ConsoleFile): RequestHandler {
  const available = (['br', 'gzip', 'identity'] as const).filter((coding) => codings[coding] !== undefined);
  return (request, response) => {
    const coding = (new Negotiator(request).encoding([...available]) ?? 'identity') as keyof ConsoleFile['codings'];
    response.set({
      'Content-Type': type,
      'Cache-Control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      ETag: `"${etag}-${coding}"`,
      Vary: 'Accept-Encoding',
    });
    if (coding !== 'identity') response.set('Content-Encoding', coding);
    response.send(codings[coding] ?? codings.identity);
  };
}
