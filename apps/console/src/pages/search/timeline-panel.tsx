import { count } from '../../format/format.ts';
import { setQuery } from '../../router/location.ts';
import type { Answered } from '../../session/use-answer.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { fieldProblemsOf } from './field-problems.ts';
import { focusOn } from './focus-on.ts';
import { filtered, hasFilters, type SearchState } from './search-state.ts';
import { LEVELS, type LogStats } from './search-types.ts';
import type { Timed } from './served.ts';
import { ServedLine } from './served-line.tsx';
import { countOf, isShown, widened } from './timeline.ts';
import { Timeline } from './timeline-chart.tsx';

type Stats = Timed<{ readonly stats: LogStats }>;

export interface TimelinePanelProps {
  readonly state: SearchState;
  readonly stats: Answered<Stats>;
}

/** The lines over time, by level, with a brush that chooses a span. */
export function TimelinePanel({ state, stats }: TimelinePanelProps) {
  const { answer, error, isLoading, reload } = stats;
  if (error !== null && !isLoading) {
    return (
      <Panel title="Lines over time">
        {fieldProblemsOf(error) === null ? (
          <Failed error={error} retry={reload} purpose="count the lines" />
        ) : (
          <Empty title="The lines were not counted" hint="Correct the filters above." />
        )}
      </Panel>
    );
  }
  if (answer === null) {
    return (
      <Panel title="Lines over time">
        <Loading what="the timeline" />
      </Panel>
    );
  }
  const { body, served } = answer.data;
  return (
    <Panel title="Lines over time" aside={<Aside state={state} stats={body.stats} />} class="timeline-panel">
      <div aria-busy={isLoading} class="answered">
        <Chart state={state} stats={body.stats} />
        <ServedLine served={served} />
      </div>
    </Panel>
  );
}

function Chart({ state, stats }: { readonly state: SearchState; readonly stats: LogStats }) {
  const { timeline, interval } = stats;
  if (timeline.every((bucket) => countOf(bucket, state.levels) === 0)) {
    if (!hasFilters(state)) return <Empty title="No line has a time yet" />;
    return <Empty title="No line with a time matches the filters" hint="Choose a wider span, or clear a filter." />;
  }
  const choose = (span: { from: string; to: string }): void => setQuery(filtered(span));
  return (
    <Timeline timeline={timeline} interval={interval ?? ''} levels={state.levels} shown={state} onChoose={choose} />
  );
}

function Aside({ state, stats }: { readonly state: SearchState; readonly stats: LogStats }) {
  const n = LEVELS.reduce((sum, level) => sum + (isShown(level, state.levels) ? (stats.by_level[level] ?? 0) : 0), 0);
  return (
    <span class="tools-line">
      <span class="muted small">
        {count(n)} {n === 1 ? 'line matches' : 'lines match'} the filters{state.q !== '' && ', whatever the query'}
      </span>
      <SpanTools state={state} />
    </span>
  );
}

/** Leads out of a span. */
function SpanTools({ state: { from, to } }: { readonly state: SearchState }) {
  if (from === '' && to === '') return null;
  const span = { from, to: to === '' ? new Date().toISOString() : to };
  const canWiden = from !== '' && !Number.isNaN(Date.parse(from)) && !Number.isNaN(Date.parse(span.to));
  return (
    <>
      {canWiden && (
        <button type="button" class="button" onClick={() => setQuery(filtered(widened(span)))}>
          Widen
        </button>
      )}
      <button type="button" class="button" onClick={showAllTime}>
        All time
      </button>
    </>
  );
}

/** The button disappears, so the focus moves to the timeline. */
function showAllTime(): void {
  focusOn('.timeline-handle');
  setQuery(filtered({ from: '', to: '' }));
}
