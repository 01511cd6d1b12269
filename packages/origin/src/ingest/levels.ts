import type { Level } from '@pilotlight/contracts';

const SPELLINGS: Record<Exclude<Level, 'UNKNOWN'>, string> = {
  TRACE: 'trace trc trace1 trace2 trace3 trace4 trace5 trace6 trace7 trace8 finest finer verbose verb vrb silly t v',
  DEBUG: 'debug dbg dbug debug1 debug2 debug3 debug4 debug5 fine config d',
  INFO: 'info information informational inf log i',
  NOTICE: 'notice note n',
  WARN: 'warn warning wrn w',
  ERROR: 'error err eror erro severe e',
  FATAL: 'fatal ftl critical crit alert emerg emergency panic dpanic f c',
};

const BY_SPELLING = new Map<string, Level>(
  Object.entries(SPELLINGS).flatMap(([level, words]) =>
    words.split(' ').map((word) => [word, level as Level] as const),
  ),
);

/** Spellings of two or more letters, longest first, for patterns that search a line for a level. */
export const LEVEL_WORDS: readonly string[] = [...BY_SPELLING.keys()]
  .filter((word) => word.length > 1)
  .sort((a, b) => b.length - a.length);

/** Returns the level that a word or letter names, in any case, or undefined. */
export function levelOfWord(word: string): Level | undefined {
  return BY_SPELLING.get(word) ?? BY_SPELLING.get(word.toLowerCase());
}

/** Returns the level that an HTTP status implies. */
export function levelOfStatus(status: number): Level {
  if (status >= 500) return 'ERROR';
  return status >= 400 ? 'WARN' : 'INFO';
}
