import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DataDirInUse, DataDirUnusable } from './errors.ts';
import type { LineLogger } from './line-logger.ts';
import { makeDirectories } from './make-directories.ts';
import { poll } from './process/poll.ts';
import { asNote, isRunning, type ProcessNote, processNote } from './process/process-note.ts';

interface Holder {
  launcher: ProcessNote | null;
  guardian: ProcessNote | null;
}

const CLEAN_UP_MS = 60_000;

/**
 * Locks the data directory until `release`. Rejects with `DataDirInUse` while another launcher holds it. If that
 * launcher was killed, waits until its supervisor has stopped its services, then takes the lock over.
 */
export async function lockDataDir(
  dataDir: string,
  options: { supervisorPid: number | null; log: LineLogger },
): Promise<{ release(): void }> {
  makeDataDir(dataDir);
  const file = join(dataDir, 'launcher.lock');
  const holder: Holder = {
    launcher: processNote(process.pid),
    guardian: options.supervisorPid === null ? null : processNote(options.supervisorPid),
  };
  const mine = JSON.stringify(holder);
  const draft = `${file}.${process.pid}`;
  writeDraft(draft, mine, dataDir);
  try {
    // A link, unlike a write, fails if the name exists, and the lock is never visible half-written.
    while (!linked(draft, file)) await removeStaleLock(file, dataDir, options.log);
  } finally {
    rmSync(draft, { force: true });
  }
  return {
    release: () => {
      if (readText(file) === mine) rmSync(file, { force: true });
    },
  };
}

function makeDataDir(dataDir: string): void {
  try {
    // Others may traverse the directory (Postgres runs as its own user) but not list it; secret files have their own
    // mode.
    makeDirectories(resolve(dataDir), 0o711);
  } catch (cause) {
    throw unusable(dataDir, 'created', cause);
  }
}

function writeDraft(draft: string, content: string, dataDir: string): void {
  try {
    writeFileSync(draft, content);
  } catch (cause) {
    throw unusable(dataDir, 'written to', cause);
  }
}

function unusable(dataDir: string, what: string, cause: unknown): DataDirUnusable {
  return new DataDirUnusable(
    `The data directory ${dataDir} cannot be ${what}: ${cause instanceof Error ? cause.message : cause}. ` +
      'Choose another directory with --data-dir, or use --ephemeral for a throw-away one.',
    { cause },
  );
}

async function removeStaleLock(file: string, dataDir: string, log: LineLogger): Promise<void> {
  const text = readText(file);
  if (text === null) return;
  const { launcher, guardian } = holderIn(text);
  if (launcher !== null && isRunning(launcher)) throw new DataDirInUse(dataDir, launcher.pid);
  if (guardian !== null && isRunning(guardian)) {
    log(`The launcher that used ${dataDir} was killed; waiting until its services have stopped`);
    const gone = await poll(() => !isRunning(guardian), { withinMs: CLEAN_UP_MS });
    if (!gone) throw new DataDirInUse(dataDir, guardian.pid);
  }
  const stale = `${file}.stale-${process.pid}`;
  if (!renamed(file, stale)) return;
  // Another launcher may have taken over between the read and the rename. Then this is its lock, so put it back.
  if (readText(stale) !== text) linked(stale, file);
  rmSync(stale, { force: true });
}

function holderIn(text: string): Holder {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return { launcher: null, guardian: null };
    return {
      launcher: 'launcher' in value ? asNote(value.launcher) : null,
      guardian: 'guardian' in value ? asNote(value.guardian) : null,
    };
  } catch {
    // Truncated by a power failure: no process from before it is still running.
    return { launcher: null, guardian: null };
  }
}

function linked(from: string, to: string): boolean {
  return unlessCode('EEXIST', () => linkSync(from, to));
}

function renamed(from: string, to: string): boolean {
  return unlessCode('ENOENT', () => renameSync(from, to));
}

function readText(file: string): string | null {
  let text: string | null = null;
  unlessCode('ENOENT', () => {
    text = readFileSync(file, 'utf8');
  });
  return text;
}

function unlessCode(code: string, act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return false;
    throw error;
  }
}
