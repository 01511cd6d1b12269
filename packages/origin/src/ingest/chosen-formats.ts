import { UnreadableFile } from './errors.ts';
import type { LineFormat } from './line-format.ts';
import { LINE_FORMATS } from './line-formats.ts';
import { compileShape } from './shapes/compile-shape.ts';
import { ShapeError } from './shapes/shape-error.ts';
import { parseUserShape } from './shapes/user-shapes.ts';

/** The format that an upload names for its lines. At most one of both. */
export interface FormatChoice {
  /** Name of a format of lines, as `isLineFormat` accepts it. */
  format?: string | undefined;
  /** The JSON text of a shape, as `parseUserShape` accepts it. */
  shape?: string | undefined;
}

/** The shape or format of an upload is not one of this release. */
class UnknownFormat extends UnreadableFile {
  constructor(why: string, options?: ErrorOptions) {
    super('UNKNOWN_FORMAT', `${why}; upload the file again with a format that this release knows`, options);
  }
}

export function isLineFormat(name: string): boolean {
  return LINE_FORMATS.some((format) => format.name === name);
}

/**
 * Returns the formats of the lines of a file, the chosen one first, or null if none is chosen. Throws an `UnreadableFile` if this
 * release does not know the chosen one, although the one that took the upload did.
 */
export function chosenFormats({ format, shape }: FormatChoice): readonly LineFormat[] | null {
  if (shape !== undefined) return [shapeOf(shape), ...LINE_FORMATS];
  if (format === undefined) return null;
  const chosen = LINE_FORMATS.find(({ name }) => name === format);
  if (chosen === undefined) throw new UnknownFormat(`expected the name of a format of lines, got ${format}`);
  return [chosen, ...LINE_FORMATS.filter((other) => other !== chosen)];
}

function shapeOf(json: string): LineFormat {
  try {
    return compileShape(parseUserShape(json));
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new UnknownFormat(error.message, { cause: error });
  }
}
