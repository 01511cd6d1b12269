import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { now } from '../../live/now.ts';
import { placeLabels } from './time-scale.ts';
import { type Lane, type Timeline as Parts, spokenTimeline, type TimedHit, timelineOf } from './timeline-parts.ts';
import type { Explanation } from './types.ts';

export interface TimelineProps {
  readonly explanation: Explanation;
  readonly hits: readonly TimedHit[];
}

/** Sizes in multiples of the text size, so that a larger text gets more room. */
const LANE = 2.4;
const BAR = 1.1;
const LABEL = 1.35;
const NAME_WIDTH = 5;
/** The mean width of a character of the axis. */
const CHARACTER = 0.52;

/** The life of an entry in each tier: when it was loaded, until when it is fresh and stale, and what hit it. */
export function Timeline({ explanation, hits }: TimelineProps) {
  const figure = useRef<HTMLElement>(null);
  const { width, em } = useSize(figure);
  const timeline = timelineOf(explanation, hits, now.value);
  return (
    <figure class="timeline" ref={figure}>
      {timeline === null && <p class="muted">No tier has an entry of this key.</p>}
      {timeline !== null && width > 0 && <Drawing timeline={timeline} width={width} em={em} />}
      {timeline !== null && <Legend />}
    </figure>
  );
}

function Legend() {
  return (
    <p class="legend muted small" aria-hidden="true">
      <span data-state="fresh">fresh: served without asking</span>
      <span data-state="stale">stale: served only while it is reloaded</span>
      <span data-state="ended">invalidated: not served</span>
    </p>
  );
}

interface DrawingProps {
  readonly timeline: Parts;
  readonly width: number;
  readonly em: number;
}

function Drawing({ timeline, width, em }: DrawingProps) {
  const { lanes, marks, scale } = timeline;
  const left = NAME_WIDTH * em;
  const x = (at: number): number => left + scale(at) * (width - left - 2);
  const placed = placeLabels(
    marks.map((mark) => ({ mark, x: x(mark.at), width: (mark.text.length + 2) * CHARACTER * em })),
    width,
  );
  const axis = lanes.length * LANE * em;
  const height = axis + (Math.max(...placed.map(({ row }) => row)) + 1) * LABEL * em + 0.6 * em;
  return (
    <svg
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={spokenTimeline(timeline, now.value)}
    >
      {lanes.map((lane, i) => (
        <LaneOf key={lane.name} lane={lane} x={x} y={i * LANE * em} em={em} left={left} />
      ))}
      {placed.map(({ label: { mark }, x: textX, row }) => (
        <g key={`${mark.kind} ${mark.at}`} class="mark-of" data-kind={mark.kind}>
          <line x1={x(mark.at)} x2={x(mark.at)} y1={0} y2={axis + (row + 0.2) * LABEL * em} />
          <text x={textX} y={axis + (row + 1) * LABEL * em} text-anchor="middle">
            {mark.text}
          </text>
        </g>
      ))}
    </svg>
  );
}

interface LaneProps {
  readonly lane: Lane;
  readonly x: (at: number) => number;
  readonly y: number;
  readonly em: number;
  readonly left: number;
}

function LaneOf({ lane: { name, spans, note }, x, y, em, left }: LaneProps) {
  const middle = y + (LANE * em) / 2;
  return (
    <g>
      <text class="lane-name" x="0" y={middle} dominant-baseline="central">
        {name}
      </text>
      {spans.length === 0 && (
        <text class="lane-note" x={left} y={middle} dominant-baseline="central">
          {note}
        </text>
      )}
      {spans.map(({ state, from, to }) => (
        <rect
          key={from}
          class="span"
          data-state={state}
          x={x(from)}
          y={middle - (BAR * em) / 2}
          width={Math.max(2, x(to) - x(from))}
          height={BAR * em}
          rx="3"
        />
      ))}
    </g>
  );
}

function useSize(element: { readonly current: HTMLElement | null }): { width: number; em: number } {
  const [size, setSize] = useState({ width: 0, em: 13 });
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    const look = (): void => {
      const width = Math.floor(current.clientWidth);
      const em = Number.parseFloat(getComputedStyle(current).fontSize);
      setSize((last) => (last.width === width && last.em === em ? last : { width, em }));
    };
    look();
    const resized = new ResizeObserver(look);
    resized.observe(current);
    return () => resized.disconnect();
  }, []);
  return size;
}
