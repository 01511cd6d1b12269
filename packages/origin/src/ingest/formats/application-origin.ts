import type { LogRecord } from '../../log-record.ts';

/** [thread], which may contain one more pair of brackets: `[QuorumPeer[myid=1]/0:0:…:2181:FastLeaderElection@774]` */
const BRACKETED = /[\s,:|-]*(?:\[((?:[^[\]]|\[[^[\]]{0,128}\]){0,256})\]|\(([^()]{0,128})\))/y;
/** Dotted names are a logger, as Elasticsearch and JBoss write it in brackets. */
const LOGGER = /^[A-Za-z_]\w*(?:\.[A-Za-z_][\w$]*)+$/;
const NUMBER = /[\s,:|-]*(\d{1,20})(?=[\s[(|,:-]|$)/y;
/** The class and line number at the end of ZooKeeper's brackets. */
const CLASS_AT_LINE = /^(.*):([A-Za-z_][\w.$]*)@(\d+)$/;
/**
 * A component: a name, optionally with a function, line or process number, followed by a colon, ` - `, ` | ` or ` [`.
 */
const COMPONENT =
  /[\s,|:-]*([A-Za-z_][\w.$@/#<>-]{0,255})(?::[A-Za-z_<][\w.<>]{0,127})?(?::(\d{1,9}))?(?:\[(\d{1,20})\]|\(([^()]{0,128})\))?(?:\s*:(?:\s+|$)|\s+(?:--?|\|)\s+|\s+(?=\[))/y;
/**
 * A logger and the line that wrote: `shop.pay:42 message`. A host and its port look the same, so the name has a dot and does
 * not end as the names of hosts do, and the number is not a port of a usual service.
 */
const LOGGER_AT_LINE =
  /[\s,|:-]*((?!\S{1,1024}\.(?:com|org|net|edu|gov|io|dev|app|cloud|local|internal|intranet|lan|home|corp|example|test|svc|cluster):)[A-Za-z_]\w{0,63}(?:\.[A-Za-z_]\w{0,63}){1,15}):(?!(?:22|25|53|80|110|111|123|143|389|443|445|465|514|587|636|853|873|993|995) )([1-9]\d{0,2}) /y;
/** A thread by the names that the JVM, its pools and Python give: `main`, `Thread-1`, `http-nio-8080-exec-1`, `pool-1-thread-2` */
const THREAD =
  /^(?:main|MainThread|Thread-\d{1,9}|[\w.@$#-]{0,128}(?:thread|exec|executor|worker|pool|dispatcher|scheduling|scheduler|task|timer)[-#]\d{1,9})$/i;
const BRACKETED_WORD = /\[([^[\]\s]{1,160})\](?= |$)/y;
const SEPARATORS = /[\s|]*(?:[-:>]+\s+|[-:>]*$)?/y;

/**
 * Reads the writer of a line into the record: process and thread numbers, [thread], component. With side `before`,
 * `text` is the part between the time and the level; with `after`, it is the part behind the level, and the rest
 * becomes the message.
 */
export function readOrigin(text: string, record: LogRecord, side: 'before' | 'after'): void {
  let at = 0;
  for (let tokens = 0; tokens < 6; tokens++) {
    const end = side === 'before' || tokens === 0 || record.service === null ? readBracket(text, at, record) : null;
    const next = end ?? (side === 'before' || tokens < 2 ? readNumber(text, at, record, side) : null);
    if (next === null) break;
    at = next;
  }
  if (side === 'before') return;
  at = readLoggerAtLine(text, at, record) ?? readComponent(text, at, record) ?? at;
  SEPARATORS.lastIndex = at;
  SEPARATORS.exec(text);
  record.message = text.slice(Math.max(at, SEPARATORS.lastIndex));
}

function readBracket(text: string, at: number, record: LogRecord): number | null {
  BRACKETED.lastIndex = at;
  const match = BRACKETED.exec(text);
  if (match === null) return null;
  const content = (match[1] ?? match[2] ?? '').trim();
  const placed = CLASS_AT_LINE.exec(content);
  if (placed !== null) {
    record.fields['thread'] = placed[1];
    record.fields['code_line'] = Number(placed[3]);
    record.service = placed[2] ?? null;
  } else if (record.service === null && LOGGER.test(content)) record.service = content;
  else if (record.fields['thread'] === undefined) record.fields['thread'] = content;
  else return null;
  return BRACKETED.lastIndex;
}

function readNumber(text: string, at: number, record: LogRecord, side: 'before' | 'after'): number | null {
  NUMBER.lastIndex = at;
  const digits = NUMBER.exec(text)?.[1];
  if (digits === undefined || record.fields['pid'] !== undefined) return null;
  const end = NUMBER.lastIndex;
  // After the level, a number is a process id only before Spring's `---`. Any other number belongs to the message.
  if (side === 'after' && !text.startsWith(' ---', end)) return null;
  record.fields['pid'] = Number(digits);
  return end;
}

function readComponent(text: string, at: number, record: LogRecord): number | null {
  if (record.service !== null) return null;
  COMPONENT.lastIndex = at;
  const match = COMPONENT.exec(text);
  if (match === null) return null;
  record.service = match[1] ?? null;
  if (match[2] !== undefined) record.fields['code_line'] = Number(match[2]);
  if (match[3] !== undefined) record.fields['pid'] = Number(match[3]);
  if (match[4] !== undefined) record.fields['context'] = match[4];
  return readThread(text, COMPONENT.lastIndex, record) ?? COMPONENT.lastIndex;
}

function readLoggerAtLine(text: string, at: number, record: LogRecord): number | null {
  if (record.service !== null) return null;
  LOGGER_AT_LINE.lastIndex = at;
  const match = LOGGER_AT_LINE.exec(text);
  if (match === null) return null;
  record.service = match[1] ?? null;
  record.fields['code_line'] = Number(match[2]);
  return LOGGER_AT_LINE.lastIndex;
}

/** Reads the thread after a logger, if it is in brackets and its name is one of a thread. */
function readThread(text: string, at: number, record: LogRecord): number | null {
  if (record.fields['thread'] !== undefined) return null;
  BRACKETED_WORD.lastIndex = at;
  const name = BRACKETED_WORD.exec(text)?.[1];
  if (name === undefined || !THREAD.test(name)) return null;
  record.fields['thread'] = name;
  return BRACKETED_WORD.lastIndex;
}
