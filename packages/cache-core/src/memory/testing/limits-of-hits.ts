/** The hits of a cache that stores everything: all reads but the first one of each name. */
export function idealHits(names: readonly string[]): number {
  return names.length - new Set(names).size;
}

/**
 * Returns a number of hits that no policy exceeds with room for `maxBytes`, even if it knows the future. A hit requires that
 * the entry takes its bytes from its previous read to this one. The limit serves the reads for which the product of bytes and
 * reads between is smallest, and requires only that they fit into the memory as a mean over the replay (PFOO-U, Berger,
 * Beckmann and Harchol-Balter, "Practical bounds on optimal caching with variable object sizes", SIGMETRICS 2018).
 */
export function maxHits(names: readonly string[], bytesOf: (name: string) => number, maxBytes: number): number {
  const readAt = new Map<string, number>();
  const costs: number[] = [];
  for (const [at, name] of names.entries()) {
    const before = readAt.get(name);
    if (before !== undefined) costs.push((at - before) * bytesOf(name));
    readAt.set(name, at);
  }
  let left = maxBytes * names.length;
  let hits = 0;
  for (const cost of Float64Array.from(costs).sort()) {
    left -= cost;
    if (left < 0) break;
    hits++;
  }
  return hits;
}
