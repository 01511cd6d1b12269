import { count } from '../../format/format.ts';
import { LogText, type LogTextProps } from './log-text.tsx';
import { excerptOf } from './text-parts.ts';

const SHOWN_CHARACTERS = 400;

/** Up to three lines of a text, around its first match. */
export function ClampedText({ text, highlight = [] }: LogTextProps) {
  const excerpt = excerptOf(text, highlight, SHOWN_CHARACTERS);
  return (
    <span class="clamped">
      {excerpt.before > 0 && <span class="muted">… </span>}
      <LogText text={excerpt.text} highlight={excerpt.highlight} />
      {excerpt.after > 0 && <span class="muted"> … {count(excerpt.after)} more characters</span>}
    </span>
  );
}
