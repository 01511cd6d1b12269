import { dirname, isAbsolute, join } from 'node:path';

/** The root folder of the repository. */
export const ROOT = dirname(import.meta.dirname);

/** Resolves a path relative to the user's directory, which is not the one where npm starts its scripts. */
export function pathAsTyped(path: string): string {
  return isAbsolute(path) ? path : join(process.env['PILOTLIGHT_CWD'] ?? process.cwd(), path);
}
