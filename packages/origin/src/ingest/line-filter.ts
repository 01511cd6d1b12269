import type { LineFormat } from './line-format.ts';
import { LineHeads } from './shapes/line-heads.ts';
import { requiredText } from './shapes/pattern-facts.ts';
import { parsePattern } from './shapes/pattern-syntax.ts';

/** Facts about the lines of the formats that have `lines`. */
interface Facts {
  readonly heads: LineHeads<LineFormat>;
  readonly required: ReadonlyMap<LineFormat, string>;
}

/** Finds which of many formats a line can be of, without trying them. Its automaton is made when the first line comes. */
export class LineFilter {
  readonly #formats: readonly LineFormat[];
  #facts: Facts | undefined;

  constructor(formats: readonly LineFormat[]) {
    this.#formats = formats;
  }

  /** Returns a set with all formats that a line can be of, and perhaps others. Equal sets are the same object. */
  possible(line: string): ReadonlySet<LineFormat> {
    return this.#known.heads.possible(line);
  }

  /** Returns whether `possible` decides on a format. Other formats are to be tried on any line. */
  knows(format: LineFormat): boolean {
    return this.#known.required.has(format);
  }

  /** Returns a text that all lines of a format contain. */
  requiredBy(format: LineFormat): string {
    return this.#known.required.get(format) ?? '';
  }

  get #known(): Facts {
    this.#facts ??= factsOf(this.#formats);
    return this.#facts;
  }
}

function factsOf(formats: readonly LineFormat[]): Facts {
  const patterns = formats.flatMap((format) =>
    format.lines === undefined ? [] : [[format, parsePattern(format.lines)] as const],
  );
  return {
    heads: new LineHeads(patterns),
    required: new Map(patterns.map(([format, pattern]) => [format, requiredText(pattern)])),
  };
}
