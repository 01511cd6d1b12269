/**
 * Returns a weighted random sample of `limit` items without replacement: those with the greatest u^(1/reads), where u is uniform
 * (Efraimidis, Spirakis: Weighted random sampling with a reservoir, Information Processing Letters 97, 2006).
 */
export function weightedSample<Item extends { readonly reads: number }>(
  items: readonly Item[],
  limit: number,
  random: () => number,
): Item[] {
  return items
    .map((item) => ({ item, rank: random() ** (1 / Math.max(item.reads, Number.MIN_VALUE)) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, limit)
    .map(({ item }) => item);
}
