const ABSOLUTE = /^[a-z][a-z\d+.-]*:\/\//i;
const ORIGIN = /^https?:\/\/[^/?#]*/i;
const HTTP_TARGET = /^https?:\/\/([^/?#]*)/i;

/** Returns the host with its port of a target like `http://host:80/path`, or null if the target is a path. */
export function absoluteHostOf(target: string): string | null {
  return HTTP_TARGET.exec(target)?.[1] ?? null;
}

/** Returns the path of a target, without its query. */
export function pathOf(target: string): string {
  const path = target.startsWith('/') ? target : target.replace(ORIGIN, '');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

/** Returns whether a request target is one that Express can route: a path, an http URL, or the `*` of `OPTIONS`. */
export function isReadableTarget(target: string): boolean {
  return target.startsWith('/') || target === '*' || isHttpUrl(target);
}

function isHttpUrl(target: string): boolean {
  return ABSOLUTE.test(target) && HTTP_TARGET.test(target) && URL.canParse(target);
}
