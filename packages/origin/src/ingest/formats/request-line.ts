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
