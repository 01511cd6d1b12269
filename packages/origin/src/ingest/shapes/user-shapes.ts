import { isDeepStrictEqual } from 'node:util';
import { LEVELS } from '@pilotlight/contracts';
import { z } from 'zod';
import type { LogRecord } from '../../log-record.ts';
import { FileTimes } from '../file-times.ts';
import { LINE_FORMAT_NAMES } from '../line-formats.ts';
import { compileShape } from './compile-shape.ts';
import { readGrok } from './grok.ts';
import { proveLinear } from './prove-linear.ts';
import { readExample } from './read-example.ts';
import type { Shape } from './shape.ts';
import { ShapeError } from './shape-error.ts';

/** Maximum number of shapes in a file of them. Each is tried on lines that no other format knows. */
export const MAX_USER_SHAPES = 100;
/** Maximum length of a pattern. The proof of a longer one could take seconds. */
export const MAX_PATTERN_CHARACTERS = 2_000;
/** Maximum length of the JSON text of one shape with its examples. */
export const MAX_SHAPE_CHARACTERS = 20_000;
const MAX_EXAMPLE_CHARACTERS = 4_000;

/** Names of the formats of documents, tables, lines, and of lines that no format knows. */
const TAKEN = new Set(['json', 'csv', 'tsv', 'text', ...LINE_FORMAT_NAMES]);

const column = z.string().regex(/^[\w.@-]{1,64}$/, { error: 'expected the name of a column of the pattern' });
const pattern = z
  .string({ error: 'expected a pattern' })
  .min(1, { error: 'expected a pattern, got an empty one' })
  .max(MAX_PATTERN_CHARACTERS, { error: `expected at most ${MAX_PATTERN_CHARACTERS} characters` });
const text = z.string().max(200, { error: 'expected at most 200 characters' });
const level = z.enum(LEVELS, { error: `expected one of ${LEVELS.join(', ')}` });

const userShape = z.strictObject(
  {
    name: z.string({ error: 'expected a name' }).regex(/^[a-z0-9][a-z0-9-]{0,63}$/, {
      error: 'expected a name of lower-case letters, digits and hyphens, at most 64 characters',
    }),
    title: text.optional(),
    source: text.optional(),
    pattern,
    levels: z
      .record(text, level)
      .refine((levels) => Object.keys(levels).length <= 50, { error: 'expected at most 50 spellings' })
      .optional(),
    level: level.optional(),
    service: text.optional(),
    absent: z.array(text).max(20).optional(),
    durationSum: z
      .strictObject({ columns: z.array(column).min(1).max(10), unit: z.enum(['ns', 'us', 'ms', 's', 'min', 'h']) })
      .optional(),
    instant: text.optional(),
    further: z.array(pattern).max(10, { error: 'expected at most 10 patterns' }).optional(),
    continues: pattern.optional(),
    payload: column.optional(),
    stream: z.array(column).max(5).optional(),
    partial: z.strictObject({ column, value: text }).optional(),
    examples: z
      .array(
        z.strictObject({
          line: z.string().max(MAX_EXAMPLE_CHARACTERS),
          record: z.record(z.string(), z.unknown()).default({}),
          payload: z.string().max(MAX_EXAMPLE_CHARACTERS).optional(),
        }),
      )
      .max(20)
      .default([]),
  },
  {
    error: (issue) =>
      issue.code === 'unrecognized_keys' ? `unknown: ${issue.keys?.join(', ')}` : 'expected an object',
  },
);

/**
 * Reads the shape that a user gives with an upload: a JSON object with at least `name` and `pattern`. Throws `ShapeError`
 * if it is not one, if its pattern cannot be proven linear, or if its examples do not hold.
 */
export function parseUserShape(json: string): Shape {
  if (json.length > MAX_SHAPE_CHARACTERS) {
    throw new ShapeError(`expected a shape of at most ${MAX_SHAPE_CHARACTERS} characters, got ${json.length}`);
  }
  return checked(parseJson(json), 'shape');
}

/**
 * Reads a file of shapes: a JSON array of at most `MAX_USER_SHAPES` of them, whose names differ. Throws `ShapeError`, which
 * names the shape.
 */
export function parseUserShapes(json: string): readonly Shape[] {
  const maxCharacters = MAX_USER_SHAPES * MAX_SHAPE_CHARACTERS;
  if (json.length > maxCharacters) {
    throw new ShapeError(`expected shapes of at most ${maxCharacters} characters in all, got ${json.length}`);
  }
  const values = parseJson(json);
  if (!Array.isArray(values)) throw new ShapeError('expected a JSON array of shapes, got another value');
  if (values.length > MAX_USER_SHAPES) {
    throw new ShapeError(`expected at most ${MAX_USER_SHAPES} shapes, got ${values.length}`);
  }
  const shapes = values.map((value, index) => checked(value, `shape ${index + 1}`));
  for (const [index, { name }] of shapes.entries()) {
    if (shapes.findIndex((other) => other.name === name) === index) continue;
    throw new ShapeError(`shape ${index + 1}: expected a name of its own, got ${name}, which an earlier shape has`);
  }
  return shapes;
}

function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new ShapeError(
      `expected JSON, got text that does not parse: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function checked(value: unknown, place: string): Shape {
  const result = userShape.safeParse(value);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => [...path, message].join(': '));
    throw new ShapeError(`${place}: ${issues.join('; ')}`);
  }
  const { name } = result.data;
  const shape = withoutUndefined({
    ...result.data,
    title: result.data.title ?? name,
    source: result.data.source ?? '',
    family: 'yours',
  });
  try {
    if (TAKEN.has(name)) throw new ShapeError(`expected a name of its own, got ${name}, which a built-in format has`);
    check(shape);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ShapeError(`${place} (${name}): ${error.message}`);
  }
  return shape;
}

/** Throws `ShapeError` if the shape cannot be used. */
function check(shape: Shape): void {
  const grok = readGrok(shape.pattern);
  if (grok.captured.length === 0) {
    throw new ShapeError('expected a pattern with at least one column, such as %{GREEDYDATA:message}, got none');
  }
  const format = compileShape(shape);
  proveLinear(grok.source);
  for (const text of [...(shape.further ?? []), ...(shape.continues === undefined ? [] : [shape.continues])]) {
    proveLinear(readGrok(text).source);
  }
  const times = new FileTimes({ uploadedAt: new Date(0) });
  for (const { line, record, payload } of shape.examples) {
    const read = readExample(format, line, times);
    if (read === null)
      throw new ShapeError(`expected the pattern to match its example, got none for ${JSON.stringify(line)}`);
    compare(read.record, record, line);
    if (payload !== undefined && read.payload !== payload) throw differs('payload', payload, read.payload, line);
  }
}

function compare(found: LogRecord, expected: Readonly<Record<string, unknown>>, line: string): void {
  for (const [name, value] of Object.entries(expected)) {
    if (name === 'fields' && typeof value === 'object' && value !== null) {
      for (const [field, inner] of Object.entries(value)) {
        if (!isDeepStrictEqual(found.fields[field], inner))
          throw differs(`fields.${field}`, inner, found.fields[field], line);
      }
      continue;
    }
    const actual = (found as unknown as Record<string, unknown>)[name];
    if (!isDeepStrictEqual(actual, value)) throw differs(name, value, actual, line);
  }
}

function differs(name: string, expected: unknown, found: unknown, line: string): ShapeError {
  return new ShapeError(
    `expected ${name} to be ${JSON.stringify(expected)} in the example ${JSON.stringify(line)}, got ${JSON.stringify(found)}`,
  );
}

/** Absent properties are missing, because a shape has no undefined ones. */
function withoutUndefined(value: object): Shape {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as unknown as Shape;
}
