import { useRef } from 'preact/hooks';
import { count } from '../../format/format.ts';
import { setQuery } from '../../router/location.ts';
import type { Answered } from '../../session/use-answer.ts';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed, Loading } from '../../ui/states.tsx';
import { fieldProblemsOf } from './field-problems.ts';
import { LineDetails } from './line-details.tsx';
import { LineRow } from './line-row.tsx';
import { LineTable } from './line-table.tsx';
import { Pager } from './pager.tsx';
import { filtered, hasFilters, type SearchState, sortOf, toggled } from './search-state.ts';
import type { SearchAnswer } from './search-types.ts';
import type { Timed } from './served.ts';
import { ServedLine } from './served-line.tsx';

export interface ResultsPanelProps {
  readonly state: SearchState;
  readonly search: Answered<Timed<SearchAnswer>>;
}

/** The lines that match, page by page. */
export function ResultsPanel({ state, search }: ResultsPanelProps) {
  const { answer, error, isLoading, reload } = search;
  const top = useRef<HTMLElement>(null);
  const hasFailed = error !== null && !isLoading;
  return (
    <section class="results" aria-label="Results" ref={top} tabIndex={-1}>
      <Panel
        title={<Title answer={hasFailed ? null : answer?.data.body} />}
        aside={<Tools state={state} reload={reload} />}
      >
        {hasFailed ? (
          <NotFound error={error} retry={reload} />
        ) : answer === null ? (
          <Loading what="the lines" />
        ) : (
          <div aria-busy={isLoading} class="answered">
            <ServedLine served={answer.data.served} />
            <Lines state={state} answer={answer.data.body} />
            <Pager state={state} next={answer.data.body.next} onTurn={() => top.current?.focus()} />
          </div>
        )}
      </Panel>
    </section>
  );
}

function NotFound({ error, retry }: { readonly error: unknown; readonly retry: () => void }) {
  const problems = fieldProblemsOf(error);
  if (problems === null) return <Failed error={error} retry={retry} purpose="search the lines" />;
  if (problems.has('after')) {
    return (
      <Empty title="The URL has a page that does not exist" hint="Its cursor is not one of this api.">
        <button type="button" class="button" onClick={() => setQuery(filtered({}))}>
          Show the first page
        </button>
      </Empty>
    );
  }
  return (
    <Empty title="The search was not run" hint={`Correct ${[...problems.keys()].map(labelOf).join(' and ')} above.`} />
  );
}

const LABELS: Readonly<Record<string, string>> = {
  q: 'the query',
  from: 'From',
  to: 'Until',
  service: 'Service',
  file_id: 'File',
};

function labelOf(field: string): string {
  return LABELS[field] ?? field;
}

function Title({ answer }: { readonly answer: SearchAnswer | null | undefined }) {
  if (answer == null) return <>Lines</>;
  const { total, total_relation } = answer;
  const text = `${count(total)} ${total === 1 ? 'line' : 'lines'}`;
  return <span role="status">{total_relation === 'gte' ? `More than ${text}` : text}</span>;
}

interface ToolsProps {
  readonly state: SearchState;
  readonly reload: () => void;
}

function Tools({ state, reload }: ToolsProps) {
  return (
    <span class="tools-line">
      <select
        class="input small"
        aria-label="Order"
        value={state.sort}
        onChange={({ currentTarget }) => setQuery(filtered({ sort: sortOf(currentTarget.value, state.fileId) }))}
      >
        <option value="newest">Newest first</option>
        <option value="oldest">Oldest first</option>
        {state.fileId !== '' && <option value="line">As in the file</option>}
      </select>
      <button type="button" class="button" onClick={reload}>
        Ask again
      </button>
      <button
        type="button"
        class="button"
        aria-pressed={state.isLive}
        onClick={() => setQuery({ live: state.isLive ? null : '1' })}
      >
        Live tail
      </button>
    </span>
  );
}

function Lines({ state, answer }: { readonly state: SearchState; readonly answer: SearchAnswer }) {
  if (answer.results.length === 0) return <NoLines state={state} />;
  return (
    <LineTable caption="Lines that match">
      {answer.results.map((hit) => (
        <LineRow key={hit.id} line={hit} onToggle={() => setQuery(toggled(state, hit.id), { replace: true })}>
          {state.open.includes(hit.id) ? <LineDetails state={state} hit={hit} /> : undefined}
        </LineRow>
      ))}
    </LineTable>
  );
}

function NoLines({ state }: { readonly state: SearchState }) {
  if (state.cursors.length > 0) return <Empty title="No more lines" hint="This page is behind the last line." />;
  if (state.q === '' && !hasFilters(state)) {
    return <Empty title="No line has been uploaded" hint="Upload a log file on the page Files." />;
  }
  return (
    <Empty
      title="No line matches"
      hint="Use fewer words, another spelling, a prefix such as conn*, or fewer filters."
    />
  );
}
