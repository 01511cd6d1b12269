import type { LogStore } from '../log-store/port.ts';
import type { LevelCounts } from '../log-store/record-transfer.ts';
import type { IndexedFile } from './indexed-files.ts';
import { type FileDifference, recordsOf } from './outcome.ts';

/** `complete`: the target has the file. `missing`: the target needs a copy. `different`: no copy helps. */
export type Comparison = { state: 'complete' | 'missing' | 'different' } & FileDifference;

/** Compares files by their numbers of records per level in both stores, and by the number that their rows have. */
export async function compareFiles(
  { source, target }: { source: LogStore; target: LogStore },
  files: readonly IndexedFile[],
): Promise<Comparison[]> {
  const ids = files.map(({ id }) => id);
  const [ofSource, ofTarget] = await Promise.all([source.countLevels(ids), target.countLevels(ids)]);
  return files.map(({ id, records }) => {
    const counts = { source: ofSource.get(id) ?? {}, target: ofTarget.get(id) ?? {} };
    return { fileId: id, expected: records, ...counts, state: stateOf(records, counts) };
  });
}

/**
 * A file is complete in a store that has as many records as the file's row says. A file that was indexed into the target needs no copy;
 * a file that is complete in neither store cannot be copied.
 */
function stateOf(
  expected: number,
  { source, target }: { source: LevelCounts; target: LevelCounts },
): Comparison['state'] {
  const isInSource = recordsOf(source) === expected;
  const isInTarget = recordsOf(target) === expected;
  if (isInTarget && (!isInSource || areEqual(source, target))) return 'complete';
  return isInSource ? 'missing' : 'different';
}

function areEqual(one: LevelCounts, other: LevelCounts): boolean {
  const levels = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof LevelCounts>;
  return [...levels].every((level) => (one[level] ?? 0) === (other[level] ?? 0));
}
