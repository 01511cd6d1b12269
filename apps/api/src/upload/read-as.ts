import { uploadFieldsSchema } from '@pilotlight/contracts';
import {
  isLineFormat,
  parseDateOrder,
  parseTimeZone,
  parseUserShape,
  type Shape,
  ShapeError,
  type UploadReading,
} from '@pilotlight/origin';
import { InvalidInput } from '../errors.ts';
import { parseInput } from '../http/parse-input.ts';
import { shown } from '../http/shown.ts';

/**
 * Returns how an upload asks to be read, from the fields of its form. Throws `InvalidInput`, also for an unknown field.
 *
 * @param shapes Text formats of users for all uploads, whose names an upload may choose.
 */
export function readAsOf(fields: unknown, shapes: readonly Shape[] = []): UploadReading {
  const { timezone, date_order, format, shape } = parseInput(uploadFieldsSchema, fields ?? {});
  if (format !== undefined && shape !== undefined)
    throw invalid('shape', 'expected no shape beside format, got both; the shape has a name of its own');
  return {
    timezone: parsed('timezone', timezone, parseTimeZone, 'UTC, an offset like +05:30 or a name like Europe/Berlin'),
    date_order: parsed('date_order', date_order, parseDateOrder, 'one of ymd, dmy, mdy'),
    format:
      shape === undefined
        ? parsed(
            'format',
            format,
            (name) => (isLineFormat(name, shapes) ? name : null),
            'the name of a format of lines (docs/formats.md)',
          )
        : nameOfShape(shape),
    shape: shape ?? null,
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
  if (value === null) throw invalid(field, `expected ${expected}, got ${shown(text)}`);
  return value;
}

function nameOfShape(json: string): string {
  try {
    return parseUserShape(json).name;
  } catch (error) {
    if (error instanceof ShapeError) throw invalid('shape', error.message);
    throw error;
  }
}

function invalid(field: string, detail: string): InvalidInput {
  return new InvalidInput([{ field, detail }]);
}
