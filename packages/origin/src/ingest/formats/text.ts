import type { LineParser } from '../line-parser.ts';

/** Text with no structure known: every line is kept raw. */
export function textParser(): LineParser {
  return () => null;
}
