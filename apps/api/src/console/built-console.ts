import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** The bytes of one file in each coding that exists. */
export interface ConsoleFile {
  readonly type: string;
  /** Whether its name has a hash of its content, so that it never changes. */
  readonly isImmutable: boolean;
  readonly etag: string;
  readonly codings: Readonly<Partial<Record<'br' | 'gzip' | 'identity', Buffer>>>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json; charset=utf-8',
};

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Pilotlight</title></head>
<body><h1>Pilotlight</h1><p>The console is not built. <code>npm start</code> builds it; <code>npm run console</code> builds it alone.</p>
<p><a href="/docs">HTTP API</a></p></body></html>
`;

/** Reads the files that the build of the console wrote, by their paths: `/index.html`. Without a build, the only page says so. */
export function builtConsole(directory: string): ReadonlyMap<string, ConsoleFile> {
  if (!existsSync(join(directory, 'index.html')))
    return new Map([['/index.html', fileOf('/index.html', { identity: Buffer.from(NOT_BUILT) })]]);
  const names = globSync('**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile() && extname(entry.name) in TYPES)
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length));
  return new Map(
    names.map((name) => {
      const read = (suffix: string) => {
        const path = join(directory, name + suffix);
        return existsSync(path) ? readFileSync(path) : undefined;
      };
      const [br, gzip, identity] = [read('.br'), read('.gz'), readFileSync(join(directory, name))];
      return [name, fileOf(name, { ...(br && { br }), ...(gzip && { gzip }), identity })];
    }),
  );
}

function fileOf(name: string, codings: ConsoleFile['codings'] & { readonly identity: Buffer }): ConsoleFile {
  const hash = createHash('sha256').update(codings.identity).digest('base64url').slice(0, 22);
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  return { type, isImmutable: name.startsWith('/assets/'), etag: hash, codings };
}
