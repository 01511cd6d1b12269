import { useRef, useState } from 'preact/hooks';
import type { Bucket } from './search-types.ts';
import { type Choice, choiceBetween } from './timeline.ts';

/** A press that moves less than this is a click, in CSS pixels. */
const DRAG_PX = 4;

/** The state of a brush over a timeline. A choice is one of the timeline on which it was made. */
export function useBrush(timeline: readonly Bucket[], onApply: (choice: Choice) => void) {
  const buckets = timeline.length;
  const element = useRef<HTMLDivElement>(null);
  const pressed = useRef<number | null>(null);
  const [chosen, setChosen] = useState<{ readonly of: readonly Bucket[]; readonly choice: Choice | null } | null>(null);
  const choice = chosen?.of === timeline ? chosen.choice : null;
  const setChoice = (next: Choice | null): void => setChosen({ of: timeline, choice: next });
  const [hovered, setHovered] = useState<number | null>(null);
  const [isDragging, setIsDragging] = useState(false);
  const shareOf = (clientX: number): number => {
    const { left = 0, width = 1 } = element.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (clientX - left) / width));
  };
  const end = (): void => {
    pressed.current = null;
    setIsDragging(false);
  };
  return {
    element,
    choice,
    hovered,
    isDragging,
    set: (next: Choice | null) => setChoice(next?.start === 0 && next.end === buckets ? null : next),
    apply: () => choice !== null && onApply(choice),
    pointer: {
      onPointerDown: (event: PointerEvent) => {
        if (event.button !== 0) return;
        pressed.current = event.clientX;
        element.current?.setPointerCapture(event.pointerId);
      },
      onPointerMove: ({ clientX }: PointerEvent) => {
        setHovered(Math.min(buckets - 1, Math.floor(shareOf(clientX) * buckets)));
        if (pressed.current === null || (!isDragging && Math.abs(clientX - pressed.current) < DRAG_PX)) return;
        setIsDragging(true);
        setChoice(choiceBetween(shareOf(pressed.current), shareOf(clientX), buckets));
      },
      onPointerUp: () => {
        if (isDragging && choice !== null) onApply(choice);
        end();
      },
      onPointerCancel: () => {
        end();
        setChoice(null);
      },
      onPointerLeave: () => setHovered(null),
    },
  };
}
