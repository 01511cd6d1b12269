import type { Level } from '@pilotlight/contracts';
import type { LogRecord } from '../../log-record.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { LEVEL_WORDS, levelOfWord } from '../levels.ts';
import { recordOf } from '../records.ts';
import { type FoundTime, setTime, TimestampReader } from '../timestamps.ts';
import { readOrigin } from './application-origin.ts';
import { readRequest } from './application-request.ts';

const WORDS = LEVEL_WORDS.join('|');
/** Text between the time and the level: process and thread numbers, [threads], (names), separators. */
const BEFORE_LEVEL = '(?:[-|:,]|\\d{1,20}|\\[(?:[^[\\]]|\\[[^[\\]]{0,128}\\]){0,128}\\]|\\([^()]{0,128}\\))';
/** A logger's name, separated from the level by ` - ` or ` | `, or recognised because the level is in capitals. */
const NAME = '[A-Za-z_][\\w.$@/:#-]{0,127}';

/**
 * Blanks and separators after the time. Runs are bounded, because two adjacent unbounded runs could split a long one in
 * many ways.
 */
const GAP = '[\\s\\]|,:-]{0,80}';
const BLANKS = '\\s{1,80}';
const OPEN = '(?:[[<(] {0,8})?';
const CLOSE = '(?: {0,8}[\\])>])?(?=[\\s:|,;\\])[]|-(?!\\w)|$)';

/** The level directly after the time and such parts, in any case. */
const LEVEL = new RegExp(`${GAP}(?:${BEFORE_LEVEL}${BLANKS}){0,4}?${OPEN}(${WORDS})${CLOSE}`, 'iy');
/** The level after a name, in capitals only: lower-case words may be part of a sentence. */
const NAMED_LEVEL = new RegExp(
  `${GAP}(?:${BEFORE_LEVEL}${BLANKS}){0,3}?(${NAME})(?:${BLANKS}|\\.)(?:[-|:]${BLANKS})?` +
    `(?:${BEFORE_LEVEL}${BLANKS}){0,2}?${OPEN}(${WORDS.toUpperCase()})${CLOSE}`,
  'y',
);
/** Levels that rarely begin a sentence, unlike `note`, `log`, `config` or `fine`. */
const PLAIN_LEVEL = /^(?:trace|debug|info|notice|warn|warning|error|fatal|critical)$/i;
/** A level and its separator before the time: `INFO 2015-10-18 …`, `[WARN] [2015-10-18 …`, `ERROR:`. */
const LEADING_LEVEL = new RegExp(`\\[?(${WORDS})\\]?(?: ?[:|-])? +(?=[\\[(]?[\\dA-Z])`, 'iy');
/** The file name at the start of lines in OpenStack's collected logs. */
const FILE_NAME = /[\w.-]{1,80}\.log[\w.:-]{0,60} +(?=\d)/y;
/** Characters that may follow a time. After any other character the match is a column, a number or a name. */
const ENDS_TIME = /[\s\]):|,]/;
const TIME_OF_DAY = /((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?)(?=[\s\]])/y;
/** Python's default logging format: `WARNING:root:message` */
const PYTHON_DEFAULT = /^(DEBUG|INFO|WARNING|ERROR|CRITICAL):([\w.]{1,128}):(.*)$/;
/** The same logger with the line that wrote, `WARNING shop.cart:42 message`, but not a host and its port. */
const PYTHON_LINE =
  /^(DEBUG|INFO|WARNING|ERROR|CRITICAL) ([A-Za-z_]\w{0,63}(?:\.[A-Za-z_]\w{0,63}){1,15}:[1-9]\d{0,2} .*)$/;
/** glog and klog: `I0102 15:04:05.678901 1234 file.go:12] message` */
const GLOG = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9}) +(\d{1,20}) ([^\s:\]]{1,128}):(\d{1,9})\] (.*)$/;
/** Android: `03-17 16:13:38.811  1702  2395 D WindowManager: message` */
const LOGCAT = /\s+(\d{1,10})\s+(\d{1,10})\s+([VDIWEFA])\s+/y;

/** Levels in any case, as a pattern without flags. */
const ANY_CASE_WORDS = LEVEL_WORDS.map((word) =>
  word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`),
).join('|');

/** What every line of the family begins with: a time, a level, glog's letter and day, or the name of a log file. */
export const APPLICATION_LINES =
  '(?:[[(]?(?:\\d|Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)|' +
  `\\[?(?:${ANY_CASE_WORDS})[\\] :|-]|[IWEF]\\d|[\\w.-]+\\.log).*`;

/**
 * Parses the `time level component: message` family: log4j, logback, Python's logging, Hadoop, Spring, PostgreSQL,
 * OpenStack, glog, logcat and similar. The time may be in brackets; the level may come before the time or after the
 * component. A line with a time but no level belongs to the family and has level UNKNOWN; a line with neither does not.
 */
export function applicationParser(times: FileTimes): LineParser {
  const timestamps = new TimestampReader(times);
  return (line) => {
    const glog = GLOG.exec(line);
    if (glog !== null) return glogRecord(glog, timestamps);
    const python = PYTHON_DEFAULT.exec(line);
    if (python !== null) return pythonRecord(python);
    const atLine = PYTHON_LINE.exec(line);
    if (atLine !== null) return loggerAtLineRecord(atLine);
    const start = startOf(line);
    const time = timestamps.prefix(line, start.at);
    if (time === null || !ENDS_TIME.test(line[time.end] ?? ' ')) return timeOfDayRecord(line, start);
    return restRecord(line, time.end, time, start);
  };
}

interface Start {
  at: number;
  level: Level | undefined;
  isBracketed: boolean;
}

/** Returns where the time begins: after a file name, a level or an opening bracket. */
function startOf(line: string): Start {
  let at = 0;
  let level: Level | undefined;
  const first = line.charCodeAt(0);
  const isDigit = first >= 0x30 && first <= 0x39;
  if (!isDigit) {
    const file = skip(FILE_NAME, line, at);
    at = file?.end ?? at;
    const leading = skip(LEADING_LEVEL, line, at);
    if (leading !== null) {
      level = levelOfWord(leading.text);
      at = leading.end;
    }
  }
  const isBracketed = line[at] === '[' || line[at] === '(';
  return { at: isBracketed ? at + 1 : at, level, isBracketed };
}

function skip(pattern: RegExp, line: string, at: number): { text: string; end: number } | null {
  pattern.lastIndex = at;
  const match = pattern.exec(line);
  return match === null ? null : { text: match[1] ?? '', end: pattern.lastIndex };
}

/**
 * Parses logback's default format, which has only a time of day: the record gets a level and a component but no
 * instant.
 */
function timeOfDayRecord(line: string, start: Start) {
  const time = skip(TIME_OF_DAY, line, start.at);
  if (time === null) return null;
  const record = restRecord(line, time.end, null, start);
  if (record.level === 'UNKNOWN') return null;
  record.fields['time'] = time.text;
  return record;
}

function restRecord(line: string, timeEnd: number, time: FoundTime | null, start: Start): LogRecord {
  const record = recordOf({});
  if (time !== null) setTime(record, time);
  const from = start.isBracketed && /[\])]/.test(line[timeEnd] ?? '') ? timeEnd + 1 : timeEnd;
  const found = start.level === undefined ? (logcatLevel(line, from) ?? findLevel(line, from)) : null;
  record.level = found?.level ?? start.level ?? 'UNKNOWN';
  if (found?.name !== undefined) record.service = found.name;
  if (found !== null && found.before !== '') readOrigin(found.before, record, 'before');
  readOrigin(line.slice(found?.end ?? from), record, 'after');
  readRequest(record);
  return record;
}

interface FoundLevel {
  level: Level | undefined;
  name?: string;
  /** The text between the time and the level. */
  before: string;
  end: number;
}

function findLevel(line: string, from: number): FoundLevel | null {
  LEVEL.lastIndex = from;
  const match = LEVEL.exec(line);
  if (match !== null) {
    const [text, word = ''] = match;
    const wordAt = from + text.lastIndexOf(word);
    // A lower-case word without separators may begin a sentence, so it stays in the message.
    const isSentence =
      word !== word.toUpperCase() &&
      LEVEL.lastIndex === wordAt + word.length &&
      line[LEVEL.lastIndex] === ' ' &&
      /\s/.test(line[wordAt - 1] ?? '');
    const level = isSentence && !PLAIN_LEVEL.test(word) ? undefined : levelOfWord(word);
    return { level, before: line.slice(from, wordAt), end: isSentence ? wordAt : LEVEL.lastIndex };
  }
  NAMED_LEVEL.lastIndex = from;
  const named = NAMED_LEVEL.exec(line);
  if (named === null) return null;
  const [, name = '', word = ''] = named;
  return { level: levelOfWord(word), name, before: '', end: NAMED_LEVEL.lastIndex };
}

function logcatLevel(line: string, from: number): FoundLevel | null {
  LOGCAT.lastIndex = from;
  const match = LOGCAT.exec(line);
  if (match === null) return null;
  const letter = match[3] ?? '';
  return {
    level: letter === 'A' ? 'FATAL' : levelOfWord(letter),
    before: ` ${match[1]} [${match[2]}] `,
    end: LOGCAT.lastIndex,
  };
}

function glogRecord(match: RegExpExecArray, timestamps: TimestampReader) {
  const [, letter = '', month, day, time, fraction, thread, file, lineNumber, message = ''] = match;
  const found = timestamps.prefix(`${month}-${day} ${time}${fraction}`, 0);
  if (found === null) return null;
  const record = recordOf({ level: levelOfWord(letter) ?? 'UNKNOWN', message });
  setTime(record, found);
  record.fields['thread'] = thread;
  record.fields['file'] = `${file}:${lineNumber}`;
  return record;
}

function pythonRecord([, word = '', name = '', message = '']: RegExpExecArray): LogRecord {
  return recordOf({ level: levelOfWord(word) ?? 'UNKNOWN', service: name, message });
}

/** Returns null if the number after the name may be a port. */
function loggerAtLineRecord([, word = '', rest = '']: RegExpExecArray): LogRecord | null {
  const record = recordOf({ level: levelOfWord(word) ?? 'UNKNOWN' });
  readOrigin(rest, record, 'after');
  return record.service === null ? null : record;
}
