import type { Level } from '@pilotlight/contracts';
import { levelOfWord } from '../levels.ts';
import { LEVEL_SCALES } from '../schemas/level-scales.ts';

const PRIORITY = /^<(\d{1,3})>/;

/** `<165>`: facility × 8 + severity (RFC 5424, section 6.2.1). */
interface Priority {
  level: Level;
  facility: number;
}

/**
 * Reads the `<PRI>` at the start of a syslog line. The priority is undefined if there is no `<PRI>`; the function
 * returns null if the `<PRI>` is invalid.
 */
export function priorityOf(line: string): { priority: Priority | undefined; end: number } | null {
  const match = PRIORITY.exec(line);
  if (match === null) return { priority: undefined, end: 0 };
  const value = Number(match[1]);
  const level = LEVEL_SCALES.syslog(value % 8);
  if (value > 191 || level === undefined) return null;
  return { priority: { level, facility: Math.floor(value / 8) }, end: match[0].length };
}

/** Spellings of levels that also begin a text (`config: reloaded`); before a colon they are levels in capitals only. */
const WORDS_OF_TEXTS = new Set(['config', 'fine', 'log', 'note']);

/**
 * Returns the level that begins a message and is set off as one (`error:`, `[warn]`, `<Notice>:`, or in capitals), or
 * UNKNOWN.
 */
export function spokenLevel(message: string): Level {
  const word =
    /^(?:([A-Za-z]{3,9}):|\[([A-Za-z]{3,9})\]|<([A-Za-z]{3,9})>|(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|CRITICAL|FATAL) )/.exec(
      message,
    );
  const before = word?.[1];
  if (before !== undefined && before !== before.toUpperCase() && WORDS_OF_TEXTS.has(before.toLowerCase()))
    return 'UNKNOWN';
  return levelOfWord(before ?? word?.[2] ?? word?.[3] ?? word?.[4] ?? '') ?? 'UNKNOWN';
}
