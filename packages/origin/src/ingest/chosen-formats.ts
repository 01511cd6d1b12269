import { UnreadableFile } from './errors.ts';
import type { LineFormat } from './line-format.ts';
import { LINE_FORMAT_NAMES, lineFormats } from './line-formats.ts';
import { compileShape } from './shapes/compile-shape.ts';
import type { Shape } from './shapes/shape.ts';
import { ShapeError } from './shapes/shape-error.ts';
import { parseUserShape } from './shapes/user-shapes.ts';

/** What decides about the formats of a file's lines, beside its bytes. */
export interface FormatChoice {
  /** Name of a format of lines, as `isLineFormat` accepts it. At most one of `format` and `shape` is given. */
  format?: string | undefined;
  /** The JSON text of a shape, as `parseUserShape` accepts it. */
  shape?: string | undefined;
  /** Text formats of users for all files, from `parseUserShapes`. They are tried before the built-in ones. */
  shapes?: readonly Shape[] | undefined;
}

/** The shape or format of an upload is not one of this release. */
class UnknownFormat extends UnreadableFile {
  constructor(why: string, options?: ErrorOptions) {
    super('UNKNOWN_FORMAT', `${why}; upload the file again with a format that this release knows`, options);
  }
}

/**
 * Returns whether a format of lines has the name.
 *
 * @param shapes Text formats of users for all files.
 */
export function isLineFormat(name: string, shapes: readonly Shape[] = []): boolean {
  return LINE_FORMAT_NAMES.includes(name) || shapes.some((shape) => shape.name === name);
}

/**
 * Returns the formats of the lines of a file, the chosen one first, and whether one is chosen: the file is then read as
 * lines, whatever it looks like. Throws an `UnreadableFile` if this release does not know the chosen one, although the one
 * that took the upload did.
 */
export function formatsOf({ format, shape, shapes = [] }: FormatChoice): {
  formats: readonly LineFormat[];
  isOfLines: boolean;
} {
  const all = lineFormats(shapes);
  if (shape !== undefined) return { formats: [shapeOf(shape), ...all], isOfLines: true };
  if (format === undefined) return { formats: all, isOfLines: false };
  const chosen = all.find(({ name }) => name === format);
  if (chosen === undefined) throw new UnknownFormat(`expected the name of a format of lines, got ${format}`);
  return { formats: [chosen, ...all.filter((other) => other !== chosen)], isOfLines: true };
}

function shapeOf(json: string): LineFormat {
  try {
    return compileShape(parseUserShape(json));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new UnknownFormat(error.message, { cause: error });
  }
}
