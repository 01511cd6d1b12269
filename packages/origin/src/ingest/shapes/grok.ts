import { ShapeError } from './shape-error.ts';

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
const TIME_OF_DAY = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,:]\\d{1,9})?)?';
const ZONE = '(?:Z|[+-]\\d{2}:?\\d{2})';
const NUMBER = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)';
const QUOTED = '"[^"\\\\]*(?:\\\\.[^"\\\\]*)*"';
const IPV4 = '\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}';
/** The characters of an IPv6 address with an optional zone; the value is checked when it is taken. */
const IPV6 = '[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]+(?:%[\\w.-]+)?';
const HOSTNAME = '[0-9A-Za-z][\\w.-]*';

/**
 * The tokens of patterns, with the names and the meaning of Logstash's. None can match the same text in two ways, so a
 * pattern is linear unless it puts two of them next to each other that can match the same text. They match no line end.
 */
export const TOKENS: Readonly<Record<string, string>> = {
  // Words and numbers.
  WORD: '\\w+',
  NOTSPACE: '\\S+',
  SPACE: '\\s*',
  DATA: '.*?',
  GREEDYDATA: '.*',
  INT: '[+-]?\\d+',
  POSINT: '[1-9]\\d*',
  NONNEGINT: '\\d+',
  NUMBER,
  BASE16NUM: '[+-]?(?:0x)?[0-9A-Fa-f]+',
  QS: QUOTED,
  QUOTEDSTRING: QUOTED,
  UUID: '[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}',
  USERNAME: '[a-zA-Z0-9._-]+',
  // Addresses.
  IPV4,
  IPV6,
  IP: `(?:${IPV4}|${IPV6})`,
  HOSTNAME,
  IPORHOST: `(?:${HOSTNAME}|${IPV6})`,
  // Times.
  YEAR: '\\d{4}',
  MONTH,
  MONTHNUM: '(?:0?[1-9]|1[0-2])',
  MONTHDAY: '(?:0[1-9]|[12]\\d|3[01]|[1-9])',
  TIME: TIME_OF_DAY,
  ISO8601_TIMEZONE: ZONE,
  TIMESTAMP_ISO8601: `\\d{4}-\\d{2}-\\d{2}[T ]${TIME_OF_DAY}${ZONE}?`,
  HTTPDATE: `\\d{1,2}/${MONTH}/\\d{4}:\\d{2}:\\d{2}:\\d{2} [+-]\\d{4}`,
  HAPROXYDATE: `\\d{1,2}/${MONTH}/\\d{4}:\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?`,
  SYSLOGTIMESTAMP: `${MONTH} {1,2}\\d{1,2} \\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?`,
  // Programs.
  LOGLEVEL:
    '(?:[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo(?:rmation)?|INFO(?:RMATION)?|[Ww]arn(?:ing)?|' +
    'WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|' +
    '[Ee]merg(?:ency)?|EMERG(?:ENCY)?|[Aa]lert|ALERT)',
  PROG: '[^\\s:\\[\\]]+',
  JAVACLASS: '[A-Za-z_$][\\w$]*(?:\\.[A-Za-z_$][\\w$]*)*',
};

const NAMES = Object.keys(TOKENS).sort().join(', ');

/** One capturing group of a pattern. */
export interface Captured {
  readonly column: string;
  /** `:int` or `:float` after the column: the value goes to `fields` as a number. */
  readonly isNumber: boolean;
  /** The value has quotes around it, which are not part of it. */
  readonly isQuoted: boolean;
}

/** A pattern as a regular expression whose capturing groups are, in their order, `captured`. It has no anchors. */
export interface Grok {
  readonly source: string;
  readonly captured: readonly Captured[];
}

/** A token, a group of its own column, an escape, a class, or a plain opening parenthesis. */
const PART =
  /%\{(\w{1,64})(?::([\w.@-]{1,64})(?::(int|float))?)?\}|\(\?<(?![=!])([\w.@-]{0,64})>|\\.|\[(?:[^\]\\]|\\.)*\]|\((?!\?)/gs;

/** Expands the tokens of a pattern. Throws `ShapeError` for an unknown token or a group without a column. */
export function readGrok(pattern: string): Grok {
  const captured: Captured[] = [];
  const source = pattern.replace(PART, (part, token?: string, column?: string, type?: string, group?: string) => {
    if (token !== undefined) return expanded(token, column, type, captured);
    if (part === '(') {
      throw new ShapeError('expected every group to be (?:…) or (?<column>…), got one that opens with a plain (');
    }
    if (/^\\[1-9k]/.test(part)) throw new ShapeError(`expected a pattern without back-references, got ${part}`);
    if (group === undefined) return part;
    if (group === '') throw new ShapeError('expected a column between < and > of (?<column>…), got none');
    captured.push({ column: group, isNumber: false, isQuoted: false });
    return '(';
  });
  return { source, captured };
}

function expanded(token: string, column: string | undefined, type: string | undefined, captured: Captured[]): string {
  const source = Object.hasOwn(TOKENS, token) ? TOKENS[token] : undefined;
  if (source === undefined) {
    throw new ShapeError(`expected one of the tokens ${NAMES}, got %{${token}}`);
  }
  if (column === undefined) return `(?:${source})`;
  captured.push({ column, isNumber: type !== undefined, isQuoted: source === QUOTED });
  return `(${source})`;
}
