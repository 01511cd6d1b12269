import type { ContextLine, SearchHit } from '@pilotlight/contracts';

/** Lines of a file, both ends included. */
export interface NearLines {
  readonly fileId: string;
  readonly from: number;
  readonly to: number;
}

/** Returns the lines within `context` lines of the hits, each once, in few ranges. */
export function linesNear(hits: readonly SearchHit[], context: number): NearLines[] {
  const sorted = hits.toSorted((a, b) => (a.file_id === b.file_id ? a.line - b.line : a.file_id < b.file_id ? -1 : 1));
  const ranges: { fileId: string; from: number; to: number }[] = [];
  for (const { file_id: fileId, line } of sorted) {
    const [from, to] = [Math.max(1, line - context), line + context];
    const last = ranges.at(-1);
    if (last?.fileId === fileId && from <= last.to + 1) last.to = to;
    else ranges.push({ fileId, from, to });
  }
  return ranges;
}

/** Returns the hits with the lines before and after each, which `near` has in any order. */
export function withContext(hits: readonly SearchHit[], near: readonly SearchHit[], context: number): SearchHit[] {
  const byPlace = new Map(near.map((each) => [`${each.file_id}:${each.line}`, each]));
  const linesOf = (fileId: string, from: number): ContextLine[] =>
    Array.from({ length: context }, (_, index) => byPlace.get(`${fileId}:${from + index}`))
      .filter((each) => each !== undefined)
      .map(({ line, timestamp, level, service, message }) => ({ line, timestamp, level, service, message }));
  return hits.map((hit) => ({
    ...hit,
    context: { before: linesOf(hit.file_id, hit.line - context), after: linesOf(hit.file_id, hit.line + 1) },
  }));
}
