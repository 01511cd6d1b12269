/** The requests that a generator of load sends, all to one server. */
export interface Requests {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The paths with their queries. */
  readonly paths: Paths;
}

/**
 * `list`: each path in turn. `random`: a number below `count` after the prefix. `counter`: the numbers from `from` on after the
 * prefix, each once; a run never repeats one.
 */
export type Paths =
  | { readonly kind: 'list'; readonly paths: readonly string[] }
  | { readonly kind: 'random'; readonly prefix: string; readonly count: number }
  | { readonly kind: 'counter'; readonly prefix: string; readonly from: number };

/** Returns the bytes of a request before and after its path. */
export function textOf(url: string, { method, headers, body }: Requests): { before: string; after: string } {
  const all = {
    Host: new URL(url).host,
    ...headers,
    ...(body !== undefined && {
      'Content-Type': 'application/json',
      'Content-Length': String(Buffer.byteLength(body)),
    }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return { before: `${method} `, after: ` HTTP/1.1\r\n${lines.join('')}\r\n${body ?? ''}` };
}

/** Returns a function that returns the next path. */
export function pathsOf(paths: Paths): () => string {
  let sent = 0;
  switch (paths.kind) {
    case 'list':
      return () => paths.paths[sent++ % paths.paths.length] ?? '/';
    case 'random':
      return () => paths.prefix + Math.floor(Math.random() * paths.count);
    case 'counter':
      return () => paths.prefix + (paths.from + sent++);
  }
}
