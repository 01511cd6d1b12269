import { readFileSync } from 'node:fs';
import { identityOf } from './identity.ts';

/** A process as it is written down in a file: its pid, and what tells it from a later owner of that pid. */
export interface ProcessNote {
  pid: number;
  identity: string | null;
}

export function processNote(pid: number): ProcessNote {
  return { pid, identity: identityOf(pid) };
}

/** Whether the very process that was noted still runs. */
export function isRunning(note: ProcessNote): boolean {
  return note.identity !== null && identityOf(note.pid) === note.identity;
}

/** The note in a file; null when there is none, or it was cut off by a crash. */
export function readNote(file: string): ProcessNote | null {
  try {
    return asNote(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Null for what is no note. */
export function asNote(value: unknown): ProcessNote | null {
  if (typeof value !== 'object' || value === null || !('pid' in value) || !('identity' in value)) return null;
  const { pid, identity } = value;
  if (typeof pid !== 'number' || typeof identity !== 'string') return null;
  return { pid, identity };
}
