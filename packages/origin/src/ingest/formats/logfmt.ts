import { ColumnMapper } from '../columns.ts';
import type { FileTimes } from '../file-times.ts';
import type { LineParser } from '../format-reader.ts';
import { setField } from '../records.ts';
import { auditdParser } from './auditd.ts';

/** Matches `key=value`, `key="quoted \" value"`, `key=` or a bare `key`, and the blanks after it. */
const PAIR = /([^\s="]{1,255})(?:=(?:"([^"\\]*(?:\\.[^"\\]*)*)"(?=\s|$)|([^\s"]*)))?(?:\s+|$)/y;
const ESCAPES: Record<string, string> = { n: '\n', t: '\t', r: '\r' };

/**
 * Parses logfmt: `time=… level=info msg="…" key=value`. A line is logfmt if it consists of two or more pairs from end
 * to end.
 */
export function logfmtParser(times: FileTimes): LineParser {
  const mapper = new ColumnMapper(times);
  const auditRecord = auditdParser(times);
  return (line) => {
    if (line.includes(' msg=audit(')) {
      const record = auditRecord(line);
      if (record !== null) return record;
    }
    const columns = readPairs(line.trimEnd());
    return columns === null ? null : mapper.record(columns, line);
  };
}

/** Returns the pairs of a line, or null if the line is not logfmt. The value of a bare key is `true`. */
export function readPairs(line: string): Record<string, unknown> | null {
  const columns: Record<string, unknown> = {};
  let pairs = 0;
  let bare = 0;
  PAIR.lastIndex = 0;
  for (let end = 0; end < line.length; end = PAIR.lastIndex) {
    const match = PAIR.exec(line);
    if (match === null) return null;
    const [, key = '', quoted, plain] = match;
    const value = quoted === undefined ? plain : unescaped(quoted);
    if (value === undefined) bare++;
    else pairs++;
    // A line whose first word has no value, or that is mostly bare words, is a sentence.
    if (pairs === 0 || bare > pairs) return null;
    setField(columns, key, value ?? true);
  }
  return pairs >= 2 ? columns : null;
}

function unescaped(text: string): string {
  return text.includes('\\') ? text.replace(/\\(.)/g, (_, letter: string) => ESCAPES[letter] ?? letter) : text;
}
