/** A target in absolute form: `https://shop.example:443/cart?id=1`. Proxies log it, and load balancers. */
const ABSOLUTE = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*(.*)$/is;

/** Returns the path of a request's target and, if the target is in absolute form, all of it as `url`. */
export function pathOfTarget(target: string): { path: string; url: string | null } {
  const rest = ABSOLUTE.exec(target)?.[1];
  if (rest === undefined) return { path: target, url: null };
  return { path: rest.startsWith('/') ? rest : `/${rest}`, url: target };
}

/** Splits `GET /path HTTP/1.1` into its parts. Returns null for any other text. */
export function parseRequestLine(request: string): { method: string; path: string; protocol: string | null } | null {
  const methodEnd = request.indexOf(' ');
  if (methodEnd < 1 || methodEnd > 20 || !/^[A-Z_-]+$/.test(request.slice(0, methodEnd))) return null;
  const pathEnd = request.lastIndexOf(' ');
  const protocol = pathEnd > methodEnd ? request.slice(pathEnd + 1) : '';
  const hasProtocol = /^HTTP\/\d(?:\.\d)?$/.test(protocol);
  const path = hasProtocol ? request.slice(methodEnd + 1, pathEnd) : request.slice(methodEnd + 1);
  if (path === '') return null;
  return { method: request.slice(0, methodEnd), path, protocol: hasProtocol ? protocol : null };
}
