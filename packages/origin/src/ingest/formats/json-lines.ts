import type { FileTimes } from '../file-times.ts';
import type { RecordFormat, RecordParser } from '../line-format.ts';
import { recordOf } from '../records.ts';
import { storableText } from '../storable.ts';
import { jsonValueParser } from './json-value.ts';

/** The characters that JSON texts begin with. */
const BEGINS_VALUE = /^[ \t]{0,80}(?:[{["\d\-tfn]|@cee:)/;

/** One JSON text on a line. A number or a string is one too, but only objects show that the lines are JSON. */
export const ndjson: RecordFormat = {
  kind: 'record',
  name: 'ndjson',
  rejectsNul: true,
  lines: '[ \\t]{0,80}(?:[{["\\d\\-tfn]|@cee:).*',
  begins: (line) => /^(?:[ \t]{0,80}\{|@cee:)/.test(line),
  open: (times) => {
    const parse = jsonValueParser(times);
    return { parse: (line) => (BEGINS_VALUE.test(line) ? parse(line) : null) };
  },
};

/** `{` alone, or with members of which the last is not complete */
const OPENS_OBJECT = /^\{(?:\s{0,80}$|.*[,{[]\s{0,80}$)/s;
/** Lines inside an object: indented, or a name, a string or a closing bracket at the margin. */
const INSIDE = /^(?:[ \t]|$|["\]}])/;

/**
 * A JSON object over several lines: pretty-printed, or with a stack trace of one line per frame as Elasticsearch writes
 * it. Lines that are not JSON in the end are kept raw.
 */
export const jsonOverLines: RecordFormat = {
  kind: 'record',
  name: 'json',
  rejectsNul: true,
  lines: '\\{.*',
  begins: (line) => line.startsWith('{'),
  open: jsonOverLinesParser,
};

function jsonOverLinesParser(times: FileTimes): RecordParser {
  const parse = jsonValueParser(times);
  return {
    parse: (line) => (OPENS_OBJECT.test(line) ? recordOf({ message: storableText(line) }) : null),
    continues: (line, [first]) => {
      if (!INSIDE.test(line)) return false;
      const isPretty = first?.trim() === '{';
      return (isPretty ? line.startsWith('}') : /^["\]}].*\}\s{0,80}$/s.test(line)) ? 'last' : true;
    },
    finish: (_record, lines) => (lines.length === 1 ? null : parse(lines.join('\n'))),
  };
}
