import type { Read, Version } from '../load/history.ts';
import type { FinalState, StoredFile } from './final-state.ts';

/**
 * Returns the violations found once the system is idle. Every answered upload must be stored with each of its lines once,
 * every other upload must be complete or absent, every deletion must be done, and no event or job may be left.
 */
export function judgeEnd(versions: readonly Version[], state: FinalState): string[] {
  const stored = Map.groupBy(state.files, ({ name }) => name);
  const wrong = versions.flatMap((version) => {
    const files = stored.get(version.name) ?? [];
    stored.delete(version.name);
    return judgeVersion(version, files);
  });
  for (const name of stored.keys()) wrong.push(`${name} is stored, but was never uploaded`);
  if (state.orphans > 0) wrong.push(`${state.orphans} lines belong to no file`);
  wrong.push(...state.unsettled.map((event) => `event is not settled: ${event}`));
  wrong.push(...state.openJobs.map((job) => `job is not done: ${job}`));
  wrong.push(...state.failedJobs.map((job) => `job failed permanently: ${job}`));
  return wrong;
}

/** Returns how a last read of an api differs from the stored files; empty if it shows exactly those. */
export function judgeLastRead(read: Read, { files }: Pick<FinalState, 'files'>): string[] {
  const report = (expected: string, came: string) => [
    `at the end, ${read.kind} on ${read.api}: expected ${expected}, got ${came}`,
  ];
  if (read.kind === 'files') {
    const expected = files.map(({ name, status }) => `${name} ${status}`).sort();
    const came = [...read.seen].map(([name, { status }]) => `${name} ${status}`).sort();
    return expected.join() === came.join() ? [] : report(differing(expected, came), differing(came, expected));
  }
  const prefix = `subject${read.subject}-`;
  const lines = files.reduce((sum, file) => (file.name.startsWith(prefix) ? sum + file.lines.length : sum), 0);
  return read.total === lines ? [] : report(`${lines} lines of subject ${read.subject}`, String(read.total));
}

function judgeVersion({ name, lines, upload, deletion, fileId }: Version, files: readonly StoredFile[]): string[] {
  const [file, ...more] = files;
  if (more.length > 0) return [`${name} is stored ${files.length} times`];
  const isDeleted = deletion !== null && (deletion.answered === 'applied' || deletion.answered === 'pending');
  if (isDeleted) return file ? [`${name} was deleted, but is stored as ${file.status}`] : [];
  if (upload.answered === 'refused') return file ? [`${name} was rejected, but is stored`] : [];
  const isAnswered = upload.answered === 'applied' || upload.answered === 'pending';
  // An unanswered upload may be absent. An unanswered deletion may have happened.
  if (!file) return isAnswered && deletion === null ? [`${name} was answered, but is lost`] : [];
  if (file.status !== 'indexed') return [`${name} is not indexed: ${file.status}`];
  if (fileId !== null && fileId !== file.id) return [`${name} is stored as ${file.id}, but was answered as ${fileId}`];
  return judgeLines(name, lines, file.lines);
}

function judgeLines(name: string, lines: number, stored: readonly number[]): string[] {
  const each = new Set(stored);
  const wrong: string[] = [];
  if (each.size < stored.length) wrong.push(`lines of ${name} are duplicated: ${stored.length - each.size}`);
  const lost = Array.from({ length: lines }, (_, i) => i + 1).filter((line) => !each.has(line));
  if (lost.length > 0) wrong.push(`lines of ${name} are lost: ${lost.join(' ')}`);
  if ([...each].some((line) => line < 1 || line > lines)) wrong.push(`${name} has lines of another file`);
  return wrong;
}

function differing(these: readonly string[], those: readonly string[]): string {
  const there = new Set(those);
  return (
    these
      .filter((one) => !there.has(one))
      .slice(0, 5)
      .join(', ') || 'nothing'
  );
}
