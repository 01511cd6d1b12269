import type { History, Instant, Read, Version } from '../load/history.ts';

/** Maximum age of an answer marked `unverified`: the caches' option `maxAgeWhenDisconnected`. */
export const BLIND_FRESH_MS = 2_000;

/** What a read with a given start and end must, and may, show of a version. */
interface Expected {
  readonly must: boolean;
  readonly may: boolean;
}

/**
 * Returns how a read differs from what it must show; empty if it is correct. `history` holds everything known when the
 * read ended.
 */
export function judgeRead(read: Read, history: Pick<History, 'of' | 'versions'>): string[] {
  switch (read.kind) {
    case 'search':
      return judgeSearch(read, history.of(read.subject));
    case 'stats':
      return judgeStats(read, history.of(read.subject));
    case 'files':
      return judgeFiles(read, history.versions);
    default:
      return read satisfies never;
  }
}

function judgeSearch(read: Read & { kind: 'search' }, versions: readonly Version[]): string[] {
  const wrong: string[] = [];
  const report = (what: string) => wrong.push(`${shown(read)}: ${what}`);
  let lines = 0;
  for (const version of versions) {
    if (!covers(read, version)) continue;
    const seen = read.seen.get(version.number)?.lines ?? [];
    lines += seen.length;
    const { must, may } = expectedLines(read, version);
    if (seen.length === 0 && must) report(`older than the indexing of ${version.name}: none of its lines`);
    if (seen.length > 0 && !may) report(`older than the deletion of ${version.name}: ${seen.length} of its lines`);
    if (new Set(seen).size < seen.length) report(`lines of ${version.name} are duplicated: ${seen.join(' ')}`);
    else if (seen.length > 0 && !isWhole(seen, version.lines))
      report(`expected all ${version.lines} lines of ${version.name} or none, got ${seen.length}`);
  }
  const strange = [...read.seen.values()].reduce((sum, seen) => sum + seen.lines.length, 0) - lines;
  if (strange !== 0) report(`${strange} lines belong to no version that was requested`);
  if (read.total !== lines + strange) report(`total ${read.total}, but ${lines + strange} lines`);
  return wrong;
}

function covers({ range, errorsOnly }: Read & { kind: 'search' }, { number }: Version): boolean {
  if (errorsOnly && number % 2 === 1) return false;
  return range === null || (number >= range[0] && number <= range[1]);
}

function judgeStats(read: Read & { kind: 'stats' }, versions: readonly Version[]): string[] {
  let least = 0;
  let most = 0;
  for (const version of versions) {
    const { must, may } = expectedLines(read, version);
    if (must) least += version.lines;
    if (may) most += version.lines;
  }
  if (read.total >= least && read.total <= most) return [];
  return [`${shown(read)}: expected ${least} to ${most} lines, got ${read.total}`];
}

function judgeFiles(read: Read & { kind: 'files' }, versions: readonly Version[]): string[] {
  const wrong: string[] = [];
  const report = (what: string) => wrong.push(`${shown(read)}: ${what}`);
  const known = new Set<string>();
  for (const version of versions) {
    known.add(version.name);
    const seen = read.seen.get(version.name);
    const { must, may } = expectedFile(read, version);
    if (!seen && must) report(`older than the upload of ${version.name}: not listed`);
    if (seen && !may) report(`older than the deletion of ${version.name}: listed`);
    if (seen && seen.status !== 'indexed' && expectedLines(read, version).must)
      report(`older than the indexing of ${version.name}: listed as ${seen.status}`);
  }
  for (const name of read.seen.keys()) if (!known.has(name)) report(`lists ${name}, which was never uploaded`);
  return wrong;
}

function expectedLines(read: Read, version: Version): Expected {
  const since = read.verified ? version.indexedAppliedAt : version.indexedAt;
  return expected(read, version, since);
}

function expectedFile(read: Read, version: Version): Expected {
  const { answered, answeredAt } = version.upload;
  const isThere = answered === 'applied' || (answered === 'pending' && !read.verified);
  const since = isThere ? answeredAt : null;
  // If the receipt of an upload is unknown, the upload is known to exist once it is known to be indexed.
  return expected(read, version, earlier(since, read.verified ? version.indexedAppliedAt : version.indexedAt));
}

/** `since`: when a change must be visible to later reads. An unverified read may be older by the promised time. */
function expected(read: Read, { upload, deletion }: Version, since: Instant | null): Expected {
  const begins = read.beganAt - (read.verified ? 0 : BLIND_FRESH_MS);
  const isGone =
    deletion !== null &&
    deletion.answeredAt !== null &&
    deletion.answeredAt <= begins &&
    (deletion.answered === 'applied' || (deletion.answered === 'pending' && !read.verified));
  const mayBeGone = deletion !== null && deletion.askedAt <= read.endedAt;
  const mayBeThere = upload.askedAt <= read.endedAt && upload.answered !== 'refused' && !isGone;
  return { must: since !== null && since <= begins && !mayBeGone, may: mayBeThere };
}

function isWhole(seen: readonly number[], lines: number): boolean {
  return seen.length === lines && seen.every((line) => line >= 1 && line <= lines);
}

function earlier(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function shown(read: Read): string {
  const seconds = (read.beganAt / 1_000).toFixed(3);
  const what = read.kind === 'files' ? 'files' : `${read.kind} of subject ${read.subject}`;
  const range = read.kind === 'search' && read.range ? ` versions ${read.range.join(' to ')}` : '';
  const errors = read.kind === 'search' && read.errorsOnly ? ' errors' : '';
  return `${what}${range}${errors} on ${read.api} at ${seconds} s${read.verified ? '' : ' (unverified)'}`;
}
