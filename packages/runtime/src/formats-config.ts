import { readFileSync } from 'node:fs';
import { parseUserShapes, type Shape, ShapeError } from '@pilotlight/origin';
import { z } from 'zod';
import { ConfigError } from './config-error.ts';

/** The variable that names a file of shapes: text formats of the user's own. */
export const FORMATS_VARIABLES = {
  /** Path of a JSON array of shapes, read at the start. */
  FORMATS_FILE: z.string().optional(),
} as const;

/** Reads the shapes of `FORMATS_FILE`. Throws `ConfigError` if the file cannot be read, or if a shape cannot be used. */
export function shapesOf({ FORMATS_FILE: path }: z.output<z.ZodObject<typeof FORMATS_VARIABLES>>): readonly Shape[] {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError([`FORMATS_FILE: expected a file that this process can read, got "${reason}"`]);
  }
  try {
    return parseUserShapes(text);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw new ConfigError([`FORMATS_FILE: ${path}: ${error.message}`]);
  }
}
