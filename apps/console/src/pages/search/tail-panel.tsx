import type { VNode } from 'preact';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Empty, Failed } from '../../ui/states.tsx';
import { LineRow } from './line-row.tsx';
import { LineTable } from './line-table.tsx';
import { type SearchState, tailPathOf } from './search-state.ts';
import { arrivedText, skippedText, type TailItem } from './tail-state.ts';
import { type Tail, useTail } from './use-tail.ts';

/** The matching lines of files that are indexed from now on. */
export function TailPanel({ state }: { readonly state: SearchState }) {
  const live = useTail(tailPathOf(state));
  const { tail, error } = live;
  return (
    <Panel title="Live tail" aside={<Tools live={live} />} class="tail">
      {error !== null && tail.shown.length === 0 ? (
        <Failed error={error} purpose="follow the lines" />
      ) : tail.shown.length === 0 ? (
        <Empty
          title="No new line yet"
          hint="Matching lines appear here once a file with them is uploaded and indexed."
        />
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region only if it can have the focus
        <section class="tail-lines" aria-label="New lines, newest first" tabIndex={0}>
          <LineTable caption="New lines">{tail.shown.map(rowOf)}</LineTable>
        </section>
      )}
    </Panel>
  );
}

const rows = new WeakMap<TailItem, VNode>();

/** Returns the same row for the same item, so that a line that arrives does not draw the others again. */
function rowOf(item: TailItem): VNode {
  const known = rows.get(item);
  if (known !== undefined) return known;
  const row =
    item.kind === 'line' ? (
      <LineRow key={item.key} line={item.line} />
    ) : (
      <tr key={`skipped ${item.key}`} class="line-skipped">
        <td colSpan={4}>{skippedText(item.skipped)}</td>
      </tr>
    );
  rows.set(item, row);
  return row;
}

const CONNECTIONS = {
  connecting: { tone: 'plain', text: 'Connecting' },
  open: { tone: 'ok', text: 'Live' },
  waiting: { tone: 'warn', text: 'Connecting again' },
} as const;

function Tools({ live: { tail, connection, setPaused, clear } }: { readonly live: Tail }) {
  const { tone, text } = CONNECTIONS[connection];
  return (
    <span class="tools-line">
      <span class="muted small" role="status">
        {arrivedText(tail)}
      </span>
      <Badge tone={tail.isPaused ? 'warn' : tone}>{tail.isPaused ? 'Paused' : text}</Badge>
      <button type="button" class="button" onClick={() => setPaused(!tail.isPaused)}>
        {tail.isPaused ? 'Continue' : 'Pause'}
      </button>
      <button type="button" class="button" disabled={tail.shown.length === 0} onClick={clear}>
        Clear
      </button>
    </span>
  );
}
