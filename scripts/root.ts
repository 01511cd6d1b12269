import { dirname, isAbsolute, join } from 'node:path';

/** The repository. */
export const ROOT = dirname(import.meta.dirname);

/** A path as typed: relative to where the person is, which is not where npm starts its scripts. */
export function pathAsTyped(path: string): string {
  return isAbsolute(path) ? path : join(process.env['PILOTLIGHT_CWD'] ?? process.cwd(), path);
}
