import type { Read, Version } from '../load/history.ts';
import type { FinalState, StoredFile } from './final-state.ts';

/**
 * What is wrong when all is quiet: every upload that was answered is there with each of its lines once, every one that
 * was not is wholly there or wholly absent, every deletion is done, and nothing is stuck.
 */
export function judgeEnd(versions: readonly Version[], state: FinalState): string[] {
  const stored = Map.groupBy(state.files, ({ name }) => name);
  const wrong = versions.flatMap((version) => {
    const files = stored.get(version.name) ?? [];
    stored.delete(version.name);
    return judgeVersion(version, files);
  });
  for (const name of stored.keys()) wrong.push(`${name} is stored, and nobody uploaded it`);
  if (state.orphans > 0) wrong.push(`${state.orphans} lines belong to no file`);
  wrong.push(...state.unsettled.map((event) => `event is not settled: ${event}`));
  wrong.push(...state.openJobs.map((job) => `job is not done: ${job}`));
  wrong.push(...state.failedJobs.map((job) => `job failed for good: ${job}`));
  return wrong;
}

/** What a last read of an api says and must not: it must be exactly what is stored. */
export function judgeLastRead(read: Read, { files }: Pick<FinalState, 'files'>): string[] {
  const say = (expected: string, came: string) => [
    `at the end, ${read.kind} on ${read.api}: expected ${expected}, got ${came}`,
  ];
  if (read.kind === 'files') {
    const expected = files.map(({ name, status }) => `${name} ${status}`).sort();
    const came = [...read.seen].map(([name, { status }]) => `${name} ${status}`).sort();
    return expected.join() === came.join() ? [] : say(differing(expected, came), differing(came, expected));
  }
  const prefix = `subject${read.subject}-`;
  const lines = files.reduce((sum, file) => (file.name.startsWith(prefix) ? sum + file.lines.length : sum), 0);
  return read.total === lines ? [] : say(`${lines} lines of subject ${read.subject}`, String(read.total));
}

function judgeVersion({ name, lines, upload, deletion, fileId }: Version, files: readonly StoredFile[]): string[] {
  const [file, ...more] = files;
  if (more.length > 0) return [`${name} is stored ${files.length} times`];
  const isDeleted = deletion !== null && (deletion.answered === 'applied' || deletion.answered === 'pending');
  if (isDeleted) return file ? [`${name} was deleted, and is stored as ${file.status}`] : [];
  if (upload.answered === 'refused') return file ? [`${name} was refused, and is stored`] : [];
  const isAnswered = upload.answered === 'applied' || upload.answered === 'pending';
  // One that nobody answered may be absent; its deletion, too, when nobody answered that.
  if (!file) return isAnswered && deletion === null ? [`${name} was answered, and is lost`] : [];
  if (file.status !== 'indexed') return [`${name} is not indexed: ${file.status}`];
  if (fileId !== null && fileId !== file.id) return [`${name} is stored as ${file.id}, and was answered as ${fileId}`];
  return judgeLines(name, lines, file.lines);
}

function judgeLines(name: string, lines: number, stored: readonly number[]): string[] {
  const each = new Set(stored);
  const wrong: string[] = [];
  if (each.size < stored.length) wrong.push(`lines of ${name} are doubled: ${stored.length - each.size}`);
  const lost = Array.from({ length: lines }, (_, i) => i + 1).filter((line) => !each.has(line));
  if (lost.length > 0) wrong.push(`lines of ${name} are lost: ${lost.join(' ')}`);
  if ([...each].some((line) => line < 1 || line > lines)) wrong.push(`${name} has lines of something else`);
  return wrong;
}

function differing(these: readonly string[], those: readonly string[]): string {
  const there = new Set(those);
  return (
    these
      .filter((one) => !there.has(one))
      .slice(0, 5)
      .join(', ') || 'nothing else'
  );
}
