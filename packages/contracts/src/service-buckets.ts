/** Of three characters each, so that a hundred of them fit where a hundred names do not. */
const BUCKETS = 36 ** 3;

/** One of 46,656 names that stands for a service, among others: what is not in its bucket is not it. By FNV-1a, 32 bits. */
export function bucketOf(service: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < service.length; at++) hash = Math.imul(hash ^ service.charCodeAt(at), 0x01000193);
  return ((hash >>> 0) % BUCKETS).toString(36).padStart(3, '0');
}
