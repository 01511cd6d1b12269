import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { dateTime } from '../../format/format.ts';
import { ClampedText } from './clamped-text.tsx';
import { LogText } from './log-text.tsx';
import type { Hit } from './search-types.ts';

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
        <td class="line-service">
          {line.service !== null && (
            <div>
              <LogText text={line.service} />
            </div>
          )}
        </td>
        <td class="line-message mono">
          {isOpen ? <Whole line={line} /> : <ClampedText text={line.message} highlight={line.highlight} />}
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

/** The whole message. A long one scrolls. */
function Whole({ line }: { readonly line: Hit }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region only if it can have the focus
    <section class="whole" aria-label="Whole message" tabIndex={0}>
      <LogText text={line.message} highlight={line.highlight} />
    </section>
  );
}
