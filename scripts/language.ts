import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** One entry of the deny list: the pattern to find and the advice that the finding prints. */
interface Denied {
  pattern: RegExp;
  write: string;
  /** Where the pattern is searched: in every text, or only in comments of code. */
  only?: 'comments';
}

/** A passage that breaks the deny list. */
interface Finding {
  file: string;
  line: number;
  /** The words as they are in the text, on one line. */
  words: string;
  write: string;
}

const SENTENCE_REST = '[^.!;\'"`|]{0,160}';
const COMPARATIVE = '(?:longer|more|less|fewer|better|worse|later|earlier|older|newer|\\w+er\\s+than)';

/** The deny list. Patterns match across line breaks; `\s+` also matches the comment marker of the next line. */
const DENY_LIST: readonly Denied[] = [
  { pattern: word('told|tells'), write: '"logs", "reports", "returns" or "notifies"' },
  { pattern: /(?<![A-Za-z])tell(?=[A-Z])/g, write: '"log", "report" or "notify"' },
  { pattern: word('nobody|whoever'), write: '"no caller", "the caller", "the reader" or "the process"' },
  { pattern: /\bwho\s+wait(?:s|ed)?\b/gi, write: '"the waiter"' },
  { pattern: /[A-Za-z]*(?:outdat|Outdat|OUTDAT)[A-Za-z]*/g, write: '"invalidate", "invalidated" or "stale"' },
  { pattern: word('stand|stands|standing|stood'), write: '"is", "state" or "status"' },
  { pattern: /\bso\s+(?:many|long)\b/gi, write: '"N", "after N" or "for N ms"' },
  {
    pattern: /\b(?:leaves?|left|leaving)\s+(?:[\w`'’-]+\s+){0,4}?alone\b/gi,
    write: '"skips", "stops calling" or "is in back-off"',
  },
  {
    pattern: /\b(?:go|goes|went|going)\s+on\b(?!\s+(?:the|an?|its|their|one|each|every)\b)/gi,
    write: '"continues" or "resumes"',
  },
  {
    pattern: new RegExp(`\\bwhat\\s+(?:is|was)\\b(?!${SENTENCE_REST}\\?)`, 'gi'),
    write: 'the noun: "the entry", "the value", "the row"',
  },
  { pattern: /\b(?:Null|False|Absent|True):(?=\s)/g, write: '"Returns null if …" or "Defaults to …"' },
  {
    pattern: /\b(?:null|false|absent|true):(?=\s+["'`]?[A-Za-z])/g,
    write: '"Returns null if …" or "Defaults to …"',
    only: 'comments',
  },
  {
    pattern: new RegExp(`(?<!\\bthere(?:\\s+\\w+)?\\s+)\\b(?:is|are)\\s+no\\s+(?!${COMPARATIVE}\\b)(?=\\w)`, 'gi'),
    write: '"is not a …" or "there is no …"',
  },
  { pattern: /\b(?:MOST|LEAST|LONGEST|SHORTEST)_[A-Z]\w*/g, write: 'MAX_… or MIN_…' },
  { pattern: /\b(?:by|at|in)\s+hand\b/gi, write: '"manually", "available" or "held"' },
];

/** Words that contain a denied word and are good English, and compounds that keep their usual meaning. */
const ALLOWED = /\bstand(?:[- ](?:in|by|alone)|By|In|Alone)\b|\blong-standing\b/g;

/**
 * Names that other programs rely on: a reason and state of reads, a value of `inspect`, a verdict of audits, an option, and
 * a metric.
 */
const PUBLISHED =
  /(?<=['"`/|])(?:outdated|nobody)(?=['"`/|])|\bmiss,? outdated\b|\boutdated: |\btime[-_]outdated\b|\boutdatedShare\b|\boutdated_share(?:_limit)?\b|\blog\.standing\b/g;

/** Code, docs and configuration that people read; the rest (images, lock files, sample logs) is data. */
const READ_BY_PEOPLE = /\.(?:ts|mts|mjs|lua|sql|md|svg|yml|yaml)$|(?:^|\/)Dockerfile$/;
const NOT_WRITTEN_HERE = new Set(['node_modules', 'dist', 'coverage', 'pnpm-lock.yaml', 'samples']);
/** Written from docstrings, which are checked where they are. */
const GENERATED = /^docs\/api\//;
/** The database stores a checksum of each applied migration, so its text cannot change. */
const APPLIED = /\/migrations\/000[1-9]-[^/]*\.sql$/;
/** These two name the denied words. */
const OWN_FILES = /^scripts\/language(?:\.test)?\.ts$/;

/** Checks the files below `root`, or the given ones of them. Returns one line per finding: `file:line: "words": write X instead`. */
export function languageComplaints(root: string, paths: readonly string[] = ['.']): string[] {
  const files = paths.flatMap((path) => filesBelow(root, path === '.' ? '' : path.replace(/^\.\/|\/$/g, '')));
  return files.flatMap((file) =>
    [...findingsInName(file), ...findings(file, readFileSync(join(root, file), 'utf8'))].map(printed),
  );
}

/** Checks one text. `file` decides whether the text is code or prose, and is copied into the findings. */
export function findings(file: string, text: string): Finding[] {
  const prose = searchable(file, text);
  const found = DENY_LIST.flatMap(({ pattern, write, only }) =>
    [...prose.matchAll(pattern)]
      .filter((match) => only === undefined || isInComment(file, text, match.index))
      .map((match) => ({ file, line: lineAt(text, match.index), words: match[0].replace(/\s+/g, ' ').trim(), write })),
  );
  return found.sort((a, b) => a.line - b.line);
}

function findingsInName(file: string): Finding[] {
  return findings(file, basename(file).replaceAll('-', ' ')).map((finding) => ({
    ...finding,
    line: 1,
    words: basename(file),
  }));
}

/** The text with exempt passages and comment markers blanked. Every character keeps its offset. */
function searchable(file: string, text: string): string {
  return withoutQuotedTitles(file, text)
    .replace(ALLOWED, blank)
    .replace(PUBLISHED, blank)
    .replace(/^[ \t]*(?:\/\*\*?|\*(?!\/)|\/\/|--|#)(?=\s)/gm, blank);
}

/** Titles of threads and pages of other projects are quoted as their authors wrote them: the text of a link to another site. */
function withoutQuotedTitles(file: string, text: string): string {
  return file.endsWith('.md') ? text.replace(/\[[^\]]*\]\(https?:[^)]*\)/g, blank) : text;
}

function isInComment(file: string, text: string, index: number): boolean {
  if (!/\.(?:m?ts|mjs)$/.test(file)) return false;
  const line = text.slice(text.lastIndexOf('\n', index) + 1, index);
  return /^\s*\*|(?:^|\s)\/[/*]/.test(line);
}

function filesBelow(root: string, path: string): string[] {
  if (READ_BY_PEOPLE.test(path))
    return [OWN_FILES, GENERATED, APPLIED].some((exempt) => exempt.test(path)) ? [] : [path];
  if (path !== '' && basename(path).includes('.')) return [];
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && !NOT_WRITTEN_HERE.has(name))
    .flatMap((entry) => {
      const below = path === '' ? entry.name : `${path}/${entry.name}`;
      return entry.isDirectory() || READ_BY_PEOPLE.test(below) ? filesBelow(root, below) : [];
    });
}

/** Matches the words alone, and as a part of a camelCase identifier. */
function word(alternatives: string): RegExp {
  const capitalised = alternatives.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
  return new RegExp(
    `(?<![A-Za-z])(?:${alternatives}|${capitalised})(?![a-z])|(?<=[a-z0-9])(?:${capitalised})(?![a-z])`,
    'g',
  );
}

function blank(passage: string): string {
  return passage.replace(/[^\n]/g, ' ');
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function printed({ file, line, words, write }: Finding): string {
  return `${file}:${line}: "${words}": write ${write} instead`;
}
