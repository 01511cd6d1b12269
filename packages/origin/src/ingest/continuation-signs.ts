import type { Level } from '@pilotlight/contracts';

/**
 * What the lines of a record so far make likely for the next one, where its own text is not enough: a Python traceback
 * ends with a line of any exception's name, Go names functions at the margin, Rust writes a panic's message on a line of
 * its own, and Node and Python point at the source with a caret before the error. `frames` is a Python traceback of which
 * a frame has come, so that its exception can follow. After `cause`, the `Caused by:` of Java, its message may have another
 * line. `sql` is a record that begins a statement or announces one with a colon: its clauses may follow.
 */
export type TraceKind = 'none' | 'python' | 'frames' | 'go' | 'rust' | 'caret' | 'cause' | 'sql';

/** The record that a line may continue. */
export interface TraceContext {
  readonly trace: TraceKind;
  readonly level: Level;
  /** Whether the record begins with an exception, and no format knows it. Defaults to false. */
  readonly isBareException?: boolean;
  /** Whether a format knows the record. Defaults to false. */
  readonly isKnown?: boolean;
}

const TAB = 0x09;
const BLANK = 0x20;

const PYTHON_TRACEBACK = 'Traceback (most recent call last):';
/** `java.lang.IllegalStateException: closed`, `TypeError: x`, `ActionController::RoutingError (No route …):` */
const EXCEPTION = /^[A-Za-z_$][\w$.:\\]{0,255}?(?:Exception|Error|Throwable|KeyboardInterrupt)(?:$|: | \()/;
/** An error without a name of its own. Only a record of an error, or a caret before it, makes it a continuation. */
const BARE_ERROR = /^(?:Error|Exception|Throwable)(?:$|: | \[)/;
/** The last line of a Python traceback: a name with a dot or of a class, and its message. A level is not one. */
const PYTHON_EXCEPTION =
  /^(?!(?:Trace|Debug|Info|Notice|Warn|Fatal|Critical): )(?:(?:[A-Za-z_]\w{0,127}\.){1,16}[A-Za-z_]\w{0,127}|[A-Z][A-Z\d_]{0,63}[a-z]\w{0,127})(?:$|: )/;
/** Rust since 1.73: `thread 'main' panicked at src/main.rs:2:5:`. The message is the next line. */
const RUST_PANIC = /:\d{1,9}:\d{1,9}:$/;
const MONTHS = 'Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec';
/** A date and a time of day, which begin a line or follow its indentation. */
const TIME = new RegExp(
  String.raw`^[ \t]{0,80}[[(<]?(?:\d{4}[-/.]\d\d[-/.]\d\d[T _]{1,2}\d{1,2}:\d\d|` +
    String.raw`\d{1,2}[-/. ](?:\d{1,2}|${MONTHS})[-/. ]\d{4}[:,T ]{1,2}\d{1,2}:\d\d|` +
    String.raw`(?:${MONTHS}) {1,2}\d{1,2},? (?:\d{4} )?\d{1,2}:\d\d:\d\d)`,
);
/** After the time of a line that begins a record: a level, or the host and tag of syslog. A time alone may be data. */
const ORIGIN =
  /^(?:.{0,80}?(?<![\w-])(?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|\[[a-z]{4,8}\])(?![\w-])|[^A-Za-z]{0,16}[\w.-]{1,64} [\w./-]{1,48}(?:\[\d{1,10}\])?:(?: |$))/;
/** A statement of SQL in capitals, or a colon after which one may follow. In small letters its words are also English. */
const BEGINS_SQL = /:$|(?:^|[\s"'`(:=])(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO) /;
/** A clause of SQL at the margin. */
const SQL_CLAUSE =
  /^(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|MERGE INTO|WITH|FROM|WHERE|AND|OR|(?:(?:LEFT|RIGHT|FULL|INNER|CROSS) (?:OUTER )?)?JOIN|ON|GROUP BY|ORDER BY|HAVING|LIMIT|OFFSET|VALUES|SET|RETURNING|UNION|FOR UPDATE)(?:[\s(;]|$)/;
/** gdb and PHP: `#1  0x7f2e in main ()`, `#0 /srv/a.php(12): f()`, `#2 {main}` */
const NUMBERED_FRAME = new RegExp(
  String.raw`^#\d{1,5} {1,8}(?:0x[0-9a-f]|\{main\}|\[internal function\]|` +
    String.raw`(?:/|[A-Za-z]:\\)[^(]{1,512}\(\d|[\w\\.:$<>~@-]{1,512}(?: ?\(|->))`,
);
/** Ruby: `app/cart.rb:12:in 'add'` */
const RUBY_FRAME = /^[^\s:]{1,512}:\d{1,9}:in [`'"]/;
const CARET = /^[ \t]{1,512}[\^~]{1,512}[ \t]{0,80}$/;
/** A level that is aligned to the right, as `%5p` writes it: such a line begins a record, although it is indented. */
const ALIGNED_LEVEL =
  /^ {1,8}[[(]?(?:trace|debug|info|notice|warn(?:ing)?|error|fatal|critical|TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|FATAL|CRITICAL)\b/;

/** Signs by the first character of the line, so that a line is tried against few patterns. */
const SIGNS: Readonly<Record<string, RegExp>> = {
  // Java and JavaScript, without their indentation: `at com.shop.Cart.add(Cart.java:12)`, `at async load (a.js:1:2)`
  a: /^at (?:async |new )?[^\s(]{1,512}(?: \[as [^\]]{1,128}\])?(?: ?\(|:\d)/,
  c: /^created by \S/,
  e: /^exit status \d{1,3}$/,
  f: /^(?:fatal error: |from \S{1,512}:\d{1,9}:in )/,
  g: /^goroutine \d{1,19} /,
  n: /^note: (?:run with `|Some details are omitted, run with `)RUST_BACKTRACE/,
  p: /^panic: /,
  r: /^(?:r[a-z0-9]{1,5} {1,8}0x[0-9a-f]|runtime: goroutine )/,
  s: /^stack backtrace:$/,
  t: /^thread '[^']{0,128}'(?: \(\d{1,20}\))? panicked at /,
  B: /^Backtrace:$/,
  C: /^Caused by(?:: |:$)/,
  D: /^During handling of the above exception, another exception occurred:/,
  E: /^Exception in thread "/,
  F: /^Full thread dump /,
  I: /^Inner exception /i,
  N: /^(?:Next \S{1,255}(?:Exception|Error)|Node\.js v\d)/,
  P: /^PHP (?:Stack trace:| {1,4}\d{1,4}\. )/,
  S: /^(?:Suppressed: |Stack ?[Tt]race:)/,
  T: /^(?:Traceback \(most recent call last\):|The above exception was the direct cause of the following exception:)/,
  U: /^Unhandled exception[. ]/,
  W: /^Wrapped by: /,
  '#': NUMBERED_FRAME,
  '.': /^\.{3} \d{1,9} (?:more|common frames omitted)/,
  '-': /^-{2,3}(?:> | End of )/,
  '[': /^\[(?:stacktrace|previous exception|internal function|signal SIG|SQL: |parameters: )/,
  '(': /^\(Background on this error at: /,
  // Laravel closes a trace with `"}`; jstack names a thread: `"main" #1 prio=5`
  '"': /^(?:"[\])}]{1,16}\s{0,80}$|"[^"]{1,255}" (?:#\d|daemon |prio=|Id=))/,
  '}': /^[\])}]{1,64}[,;]?\s{0,80}$/,
  ']': /^[\])}]{1,64}[,;]?\s{0,80}$/,
  ')': /^[\])}]{1,64}[,;]?\s{0,80}$/,
};

/** Returns whether a line that is indented may nevertheless begin a record, because it begins with a level. */
export function isAligned(line: string): boolean {
  return line.charCodeAt(0) === BLANK && ALIGNED_LEVEL.test(line);
}

/**
 * Returns the part of a line that a format can know: without the indentation, if a level or a time with an origin follows
 * it and the line is not inside of a stack trace.
 */
export function headOf(line: string, open: TraceContext | null): string {
  const first = line.charCodeAt(0);
  if (first !== BLANK && first !== TAB) return line;
  if (open !== null && open.trace !== 'none' && open.trace !== 'sql') return line;
  return isAligned(line) || hasTimeAndOrigin(line) ? line.trimStart() : line;
}

/**
 * Returns null if a line has no sign that it continues the record before it, else the state of the record's trace after
 * the line. Blank and indented lines continue; so do the known lines of stack traces, dumps and panics.
 */
export function continuationOf(line: string, context: TraceContext): TraceKind | null {
  const { trace } = context;
  const first = line.charCodeAt(0);
  if (line === '') return trace;
  if (first === BLANK || first === TAB) return afterIndented(line, trace);
  if (SIGNS[line[0] ?? '']?.test(line) === true) return traceAfter(line, trace);
  if (trace === 'frames' && PYTHON_EXCEPTION.test(line)) return 'none';
  if (trace === 'rust') return TIME.test(line) ? null : 'none';
  if (trace === 'go' && isGoFrame(line)) return 'go';
  if (trace === 'sql' && context.isKnown === true && SQL_CLAUSE.test(line)) return 'sql';
  if (EXCEPTION.test(line)) return context.isBareException === true ? null : 'none';
  if (RUBY_FRAME.test(line)) return trace;
  if (isErrorContext(context) && BARE_ERROR.test(line)) return 'none';
  return trace === 'cause' && isWords(line) ? 'none' : null;
}

/** Returns the state of a trace after the line that begins a record. */
export function traceAfter(line: string, before: TraceKind = 'none'): TraceKind {
  if (line.endsWith(PYTHON_TRACEBACK)) return 'python';
  if (line.startsWith('goroutine ') || line.startsWith('panic: ') || line.startsWith('fatal error: ')) return 'go';
  if (line.startsWith("thread '") && RUST_PANIC.test(line)) return 'rust';
  if (line.startsWith('Caused by: ')) return 'cause';
  if (before === 'none' && BEGINS_SQL.test(line)) return 'sql';
  return before === 'cause' ? 'none' : before;
}

function afterIndented(line: string, trace: TraceKind): TraceKind {
  if (trace === 'python' || trace === 'frames') return 'frames';
  if (CARET.test(line)) return 'caret';
  return trace === 'cause' ? 'none' : trace;
}

function isErrorContext({ trace, level }: TraceContext): boolean {
  return trace === 'caret' || level === 'ERROR' || level === 'FATAL' || level === 'WARN';
}

function hasTimeAndOrigin(line: string): boolean {
  const time = TIME.exec(line);
  return time !== null && ORIGIN.test(line.slice(time[0].length));
}

/** Whether a line is neither JSON nor begins with a time or a bracket. */
function isWords(line: string): boolean {
  return /^[^{[<\d]/.test(line) && !TIME.test(line);
}

/** `net/http.(*conn).serve.func1()`, `main.handler({0x7f2e, 0xc000}, 0xc0001)` */
function isGoFrame(line: string): boolean {
  const open = line.indexOf('(');
  return open > 0 && line.endsWith(')') && line.lastIndexOf(' ', open) === -1;
}

/** Returns whether a line begins with the name of an exception. */
export function isException(line: string): boolean {
  return EXCEPTION.test(line) || BARE_ERROR.test(line);
}
