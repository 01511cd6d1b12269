import { type ReadAs, uploadFieldsSchema } from '@pilotlight/contracts';
import { parseDateOrder, parseTimeZone } from '@pilotlight/origin';
import { InvalidInput } from '../errors.ts';
import { parseInput } from '../http/parse-input.ts';
import { shown } from '../http/shown.ts';

/** Returns how an upload asks to be read, from the fields of its form. Throws `InvalidInput`, also for an unknown field. */
export function readAsOf(fields: unknown): ReadAs {
  const { timezone, date_order } = parseInput(uploadFieldsSchema, fields ?? {});
  return {
    timezone: parsed('timezone', timezone, parseTimeZone, 'UTC, an offset like +05:30 or a name like Europe/Berlin'),
    date_order: parsed('date_order', date_order, parseDateOrder, 'one of ymd, dmy, mdy'),
  };
}

function parsed<T>(
  field: string,
  text: string | undefined,
  parse: (text: string) => T | null,
  expected: string,
): T | null {
  if (text === undefined) return null;
  const value = parse(text);
  if (value === null) throw new InvalidInput([{ field, detail: `expected ${expected}, got ${shown(text)}` }]);
  return value;
}
