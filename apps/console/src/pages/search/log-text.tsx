import type { Highlight } from './search-types.ts';
import { partsOf } from './text-parts.ts';

export interface LogTextProps {
  readonly text: string;
  /** Ranges `[start, end)` of the text that the query names, from the api. */
  readonly highlight?: Highlight;
}

/** Text of a log or a file name: never markup, matches marked, control characters visible, its direction isolated. */
export function LogText({ text, highlight = [] }: LogTextProps) {
  return (
    <bdi class="user-text log-text">
      {partsOf(text, highlight).map(({ isMatch, pieces }, i) => {
        const children = pieces.map((piece) =>
          piece.kind === 'text' ? (
            piece.text
          ) : (
            <span class="control" title="A control character of the line">
              {piece.name}
            </span>
          ),
        );
        return isMatch ? <mark key={i}>{children}</mark> : <span key={i}>{children}</span>;
      })}
    </bdi>
  );
}
