import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { dateTime } from '../../format/format.ts';
import { LogText } from './log-text.tsx';
import type { Hit } from './search-types.ts';
import { excerptOf } from './text-parts.ts';

/** A closed line shows at most this number of characters. */
const SHOWN_CHARACTERS = 400;

export interface LineRowProps {
  readonly line: Hit;
  /** Undefined: the line cannot be opened. */
  readonly onToggle?: () => void;
  /** The details of an open line. */
  readonly children?: ComponentChildren;
}

/** A line of a log. An open one shows its whole message and its details. */
export function LineRow({ line, onToggle, children }: LineRowProps) {
  const id = useId();
  const isOpen = children !== undefined;
  const time = line.timestamp === null ? 'no time' : dateTime(Date.parse(line.timestamp));
  return (
    <>
      <tr class="line" data-open={isOpen}>
        <td class="line-time">
          {onToggle === undefined ? (
            time
          ) : (
            <button
              type="button"
              class="line-toggle"
              aria-expanded={isOpen}
              aria-controls={isOpen ? id : undefined}
              aria-label={`${time}: context of line ${line.line}`}
              onClick={onToggle}
            >
              <span class="chevron" aria-hidden="true" />
              {time}
            </button>
          )}
        </td>
        <td class="line-level" data-level={line.level}>
          {line.level}
        </td>
        <td class="line-service">{line.service !== null && <LogText text={line.service} />}</td>
        <td class="line-message mono">
          {isOpen ? <LogText text={line.message} highlight={line.highlight} /> : <Closed line={line} />}
        </td>
      </tr>
      {isOpen && (
        <tr class="line-details" id={id}>
          <td colSpan={4}>{children}</td>
        </tr>
      )}
    </>
  );
}

function Closed({ line: { message, highlight } }: { readonly line: Hit }) {
  const { text, highlight: kept, before, after } = excerptOf(message, highlight, SHOWN_CHARACTERS);
  return (
    <span class="clamped">
      {before > 0 && <span class="muted">… </span>}
      <LogText text={text} highlight={kept} />
      {after > 0 && <span class="muted"> … {after.toLocaleString('en')} more</span>}
    </span>
  );
}
