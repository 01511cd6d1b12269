import { readFileSync } from 'node:fs';
import { identityOf } from './identity.ts';

/** A process as recorded in a file: its pid, and the identity that distinguishes it from a later owner of that pid. */
export interface ProcessNote {
  pid: number;
  identity: string | null;
}

export function processNote(pid: number): ProcessNote {
  return { pid, identity: identityOf(pid) };
}

/** Returns whether the recorded process itself is still running. */
export function isRunning(note: ProcessNote): boolean {
  return note.identity !== null && identityOf(note.pid) === note.identity;
}

/** Returns the note in a file, or null if the file is missing or was truncated by a crash. */
export function readNote(file: string): ProcessNote | null {
  try {
    return asNote(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

export function asNote(value: unknown): ProcessNote | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value)) return null;
  const { pid, identity } = value;
  if (typeof pid !== 'number' || typeof identity !== 'string') return null;
  return { pid, identity };
}
