import { count } from '../../format/format.ts';
import { BrushHandle } from './brush-handle.tsx';
import { focusOn } from './focus-on.ts';
import type { Bucket, Level } from './search-types.ts';
import { type Choice, countOf, type Span, segmentsOf, spanOf, topOf } from './timeline.ts';
import { axisFormat, ticksOf } from './timeline-axis.ts';
import { bucketText, intervalText, rangeText } from './timeline-text.ts';
import { useBrush } from './use-brush.ts';

export interface TimelineProps {
  readonly timeline: readonly Bucket[];
  readonly interval: string;
  readonly levels: readonly Level[];
  /** The span of the page; its ends may be empty. */
  readonly shown: Span;
  readonly onChoose: (span: Span) => void;
}

/** A bar for each bucket. A drag over the bars chooses a span at once; the two handles choose one by keyboard. */
export function Timeline({ timeline, interval, levels, shown, onChoose }: TimelineProps) {
  const brush = useBrush(timeline, (choice) => {
    const span = spanOf(timeline, choice, shown);
    if (span !== null) onChoose(span);
  });
  const { choice, hovered } = brush;
  const top = topOf(Math.max(...timeline.map((bucket) => countOf(bucket, levels))));
  return (
    <div class="timeline">
      <div class="timeline-plot">
        <span class="timeline-top muted">{count(top)}</span>
        <div class="timeline-bars" ref={brush.element} {...brush.pointer}>
          <Bars timeline={timeline} levels={levels} top={top} hovered={hovered} />
          {choice !== null && <div class="timeline-choice" style={placeOf(choice, timeline.length)} />}
          {(['start', 'end'] as const).map((handle) => (
            <BrushHandle
              key={handle}
              handle={handle}
              choice={choice ?? { start: 0, end: timeline.length }}
              timeline={timeline}
              onMove={brush.set}
              onChoose={brush.apply}
              onCancel={() => brush.set(null)}
            />
          ))}
        </div>
        <Axis timeline={timeline} />
      </div>
      <p class="timeline-readout small">
        <span class="muted">{readout({ timeline, interval, levels, choice, hovered })}</span>
        {choice !== null && !brush.isDragging && (
          <button
            type="button"
            class="button"
            onClick={() => {
              focusOn('.timeline-handle');
              brush.apply();
            }}
          >
            Show this span
          </button>
        )}
      </p>
    </div>
  );
}

function Bars({ timeline, levels, top, hovered }: BarsProps) {
  const first = timeline[0]?.from ?? '';
  const sum = timeline.reduce((total, bucket) => total + countOf(bucket, levels), 0);
  const label = `${count(sum)} lines in ${timeline.length} bars, ${rangeText(first, timeline.at(-1)?.to ?? '')}`;
  return (
    <svg viewBox={`0 0 ${timeline.length} ${top}`} preserveAspectRatio="none" role="img" aria-label={label}>
      <line class="timeline-grid" x1="0" x2={timeline.length} y1={top / 2} y2={top / 2} />
      {timeline.map((bucket, at) => (
        <g key={bucket.from}>
          {at === hovered && <rect class="timeline-hover" x={at} width="1" height={top} />}
          {segmentsOf(bucket, levels).map(({ level, from, count: n }) => (
            <rect
              key={level}
              data-level={level}
              x={at + 0.09}
              width="0.82"
              y={top - from - Math.max(n, top / 90)}
              height={Math.max(n, top / 90)}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}

interface BarsProps extends Pick<TimelineProps, 'timeline' | 'levels'> {
  readonly top: number;
  readonly hovered: number | null;
}

const MAX_TICKS = 8;

function Axis({ timeline }: Pick<TimelineProps, 'timeline'>) {
  const [first, last] = [timeline[0], timeline.at(-1)];
  if (first === undefined || last === undefined) return null;
  const { at, stepMs } = ticksOf(timeline, MAX_TICKS);
  const format = new Intl.DateTimeFormat('en-GB', axisFormat(stepMs, Date.parse(last.to) - Date.parse(first.from)));
  return (
    <div class="timeline-axis muted" aria-hidden="true">
      {at.map((index) => (
        <span key={index} style={{ left: `${(index / timeline.length) * 100}%` }}>
          {format.format(new Date(timeline[index]?.from ?? first.from))}
        </span>
      ))}
    </div>
  );
}

interface Readout extends Pick<TimelineProps, 'timeline' | 'interval' | 'levels'> {
  readonly choice: Choice | null;
  readonly hovered: number | null;
}

function readout({ timeline, interval, levels, choice, hovered }: Readout): string {
  const bucket = hovered === null ? undefined : timeline[hovered];
  if (choice !== null) return bucketText(timeline.slice(choice.start, choice.end), levels);
  if (bucket !== undefined) return bucketText([bucket], levels);
  const range = rangeText(timeline[0]?.from ?? '', timeline.at(-1)?.to ?? '');
  return `${range} · each bar is ${intervalText(interval)} · drag over the bars to choose a span`;
}

function placeOf({ start, end }: Choice, buckets: number) {
  return { left: `${(start / buckets) * 100}%`, width: `${((end - start) / buckets) * 100}%` };
}
