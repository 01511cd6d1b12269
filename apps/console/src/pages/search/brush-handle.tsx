import { dateTime } from '../../format/format.ts';
import type { Bucket } from './search-types.ts';
import { type Choice, type Handle, movedBy } from './timeline.ts';

export interface BrushHandleProps {
  readonly handle: Handle;
  readonly choice: Choice;
  readonly timeline: readonly Bucket[];
  readonly onMove: (choice: Choice) => void;
  /** Enter. */
  readonly onChoose: () => void;
  /** Escape. */
  readonly onCancel: () => void;
}

/** One end of the chosen span, moved by the arrow keys, Page Up, Page Down, Home and End. */
export function BrushHandle({ handle, choice, timeline, onMove, onChoose, onCancel }: BrushHandleProps) {
  const at = choice[handle];
  const instant = at === timeline.length ? timeline.at(-1)?.to : timeline[at]?.from;
  const press = (event: KeyboardEvent): void => {
    const moved = movedBy(event.key, handle, choice, timeline.length);
    if (moved !== null) onMove(moved);
    else if (event.key === 'Enter') onChoose();
    else if (event.key === 'Escape') onCancel();
    else return;
    event.preventDefault();
  };
  return (
    <div
      class="timeline-handle"
      role="slider"
      tabIndex={0}
      data-handle={handle}
      style={{ left: `${(at / timeline.length) * 100}%` }}
      aria-label={handle === 'start' ? 'Start of the span; Enter shows it' : 'End of the span; Enter shows it'}
      aria-valuemin={0}
      aria-valuemax={timeline.length}
      aria-valuenow={at}
      aria-valuetext={instant === undefined ? '' : dateTime(Date.parse(instant))}
      onKeyDown={press}
    />
  );
}
