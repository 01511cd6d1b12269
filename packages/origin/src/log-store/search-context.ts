import type { ContextLine, SearchHit } from '@pilotlight/contracts';

/** Lines of a file, both ends included. */
export interface NearLines {
  readonly fileId: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Returns the lines within `context` lines of the hits, each once, in few ranges. A store has to find the records that begin or
 * end in them. The lines within a hit of several lines are left out.
 */
export function linesNear(hits: readonly SearchHit[], context: number): NearLines[] {
  const all = hits.flatMap(({ file_id: fileId, line, line_end: end }) => [
    { fileId, from: Math.max(1, line - context), to: line },
    { fileId, from: end, to: end + context },
  ]);
  all.sort((a, b) => (a.fileId === b.fileId ? a.from - b.from : a.fileId < b.fileId ? -1 : 1));
  const ranges: { fileId: string; from: number; to: number }[] = [];
  for (const range of all) {
    const last = ranges.at(-1);
    if (last?.fileId === range.fileId && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else ranges.push(range);
  }
  return ranges;
}

/**
 * Returns the hits with their context. Before a hit: the records that end within the `context` lines before it. After it: those
 * that begin within the `context` lines after its last one. At most `context` records each.
 *
 * @param near the records that begin or end in `linesNear`, in any order
 */
export function withContext(hits: readonly SearchHit[], near: readonly SearchHit[], context: number): SearchHit[] {
  const byFirst = new Map(near.map((each) => [`${each.file_id}:${each.line}`, each]));
  const byLast = new Map(near.map((each) => [`${each.file_id}:${each.line_end}`, each]));
  const linesOf = (records: ReadonlyMap<string, SearchHit>, fileId: string, from: number): ContextLine[] =>
    Array.from({ length: context }, (_, index) => records.get(`${fileId}:${from + index}`))
      .filter((each) => each !== undefined)
      .map(contextLineOf);
  return hits.map((hit) => ({
    ...hit,
    context: {
      before: linesOf(byLast, hit.file_id, hit.line - context).sort((a, b) => a.line - b.line),
      after: linesOf(byFirst, hit.file_id, hit.line_end + 1),
    },
  }));
}

function contextLineOf({ line, line_end, timestamp, level, service, message }: SearchHit): ContextLine {
  return { line, line_end, timestamp, level, service, message };
}
