import type { Level } from '@pilotlight/contracts';
import { LEVEL_WORDS, levelOfWord } from '../levels.ts';
import type { LineParser } from '../line-parser.ts';
import { recordOf } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';
import type { YearInference } from '../year-inference.ts';
import { readOrigin } from './application-origin.ts';

const WORDS = LEVEL_WORDS.join('|');
/** Process and thread numbers, [threads], (names), separators: what stands between the time and the level. */
const BEFORE_LEVEL = '(?:[-|:,]|\\d{1,20}|\\[(?:[^[\\]]|\\[[^[\\]]{0,128}\\]){0,128}\\]|\\([^()]{0,128}\\))';
/** A logger's name, set off from the level by ` - ` or ` | `, or told by the capitals of the level. */
const NAME = '[A-Za-z_][\\w.$@/:#-]{0,127}';

/** The level right after the time and such things: any case. */
const LEVEL = new RegExp(
  `[\\s\\]|,:-]*(?:${BEFORE_LEVEL}\\s+){0,4}?[[<(]?\\s*(${WORDS})\\s*[\\])>]?(?=[\\s:|,;\\])[-]|$)`,
  'iy',
);
/** The level after a name: capitals only, since small letters may be a sentence. */
const NAMED_LEVEL = new RegExp(
  `[\\s\\]|,:-]*(?:${BEFORE_LEVEL}\\s+){0,3}?(${NAME})\\s+(?:[-|:]\\s+)?(?:${BEFORE_LEVEL}\\s+){0,2}?` +
    `[[<(]?\\s*(${WORDS.toUpperCase()})\\s*[\\])>]?(?=[\\s:|,;\\])[-]|$)`,
  'y',
);
/** A level and its separator before the time: `INFO 2015-10-18 …`, `[WARN] [2015-10-18 …`, `ERROR:`. */
const LEADING_LEVEL = new RegExp(`\\[?(${WORDS})\\]?(?: ?[:|-])? +(?=[\\[(]?[\\dA-Z])`, 'iy');
/** The file name that OpenStack's collected logs put first. */
const FILE_NAME = /[\w.-]{1,80}\.log[\w.:-]{0,60} +(?=\d)/y;
const TIME_OF_DAY = /((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:[.,]\d{1,9})?)(?=[\s\]])/y;
/** glog and klog: `I0102 15:04:05.678901 1234 file.go:12] message` */
const GLOG = /^([IWEF])(\d\d)(\d\d) (\d\d:\d\d:\d\d)(\.\d{1,9}) +(\d{1,20}) ([^\s:\]]{1,128}):(\d{1,9})\] (.*)$/;
/** Android: `03-17 16:13:38.811  1702  2395 D WindowManager: message` */
const LOGCAT = /\s+(\d{1,10})\s+(\d{1,10})\s+([VDIWEFA])\s+/y;

/**
 * The family of `time level component: message`: log4j, logback, Python's logging, Hadoop and its kin, Spring,
 * PostgreSQL, OpenStack, glog, logcat. The time may be bracketed, the level may come before it or after the
 * component. A line with a time and no level is one of them too, level UNKNOWN; one with neither is not.
 */
export function applicationParser(years: YearInference): LineParser {
  const timestamps = new TimestampReader(years);
  return (line) => {
    const glog = GLOG.exec(line);
    if (glog !== null) return glogRecord(glog, timestamps);
    const start = startOf(line);
    const time = timestamps.prefix(line, start.at);
    if (time === null) return timeOfDayRecord(line, start);
    return restRecord(line, time.end, time.iso, start.level);
  };
}

interface Start {
  at: number;
  level: Level | undefined;
}

/** Where the time begins: after a file name, a level, an opening bracket. */
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
  if (line[at] === '[' || line[at] === '(') at++;
  return { at, level };
}

function skip(pattern: RegExp, line: string, at: number): { text: string; end: number } | null {
  pattern.lastIndex = at;
  const match = pattern.exec(line);
  return match === null ? null : { text: match[1] ?? '', end: pattern.lastIndex };
}

/** logback's default has the time of day alone: no instant, but a level and a component. */
function timeOfDayRecord(line: string, start: Start) {
  const time = skip(TIME_OF_DAY, line, start.at);
  if (time === null) return null;
  const record = restRecord(line, time.end, null, start.level);
  if (record.level === 'UNKNOWN') return null;
  record.fields['time'] = time.text;
  return record;
}

function restRecord(line: string, from: number, timestamp: string | null, leadingLevel: Level | undefined) {
  const record = recordOf({ timestamp });
  const logcat = leadingLevel === undefined ? logcatLevel(line, from) : null;
  const found = logcat ?? (leadingLevel === undefined ? findLevel(line, from) : null);
  record.level = found?.level ?? leadingLevel ?? 'UNKNOWN';
  if (found?.name !== undefined) record.service = found.name;
  if (found !== null && found.before !== '') readOrigin(found.before, record, 'before');
  readOrigin(line.slice(found?.end ?? from), record, 'after');
  return record;
}

interface FoundLevel {
  level: Level | undefined;
  name?: string;
  /** What stood between the time and the level. */
  before: string;
  end: number;
}

function findLevel(line: string, from: number): FoundLevel | null {
  LEVEL.lastIndex = from;
  const match = LEVEL.exec(line);
  if (match !== null) {
    const word = match[1] ?? '';
    const before = match[0].length > word.length + 2 ? line.slice(from, from + match[0].lastIndexOf(word)) : '';
    return { level: levelOfWord(word), before, end: LEVEL.lastIndex };
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
  const record = recordOf({ timestamp: found.iso, level: levelOfWord(letter) ?? 'UNKNOWN', message });
  record.fields['thread'] = thread;
  record.fields['file'] = `${file}:${lineNumber}`;
  return record;
}
