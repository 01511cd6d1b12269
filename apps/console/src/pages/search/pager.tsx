import { setQuery } from '../../router/location.ts';
import { nextPage, previousPage, type SearchState } from './search-state.ts';

export interface PagerProps {
  readonly state: SearchState;
  readonly next: string | null;
  /** Called when another page is asked for: the button that was pressed may have no further page. */
  readonly onTurn: () => void;
}

const LABELS = {
  newest: ['Older', 'Newer'],
  oldest: ['Newer', 'Older'],
  line: ['Further down', 'Further up'],
} as const;

/** Goes to the lines after and before this page. */
export function Pager({ state, next, onTurn }: PagerProps) {
  if (next === null && state.cursors.length === 0) return null;
  const [forward, back] = LABELS[state.sort];
  const turn = (change: ReturnType<typeof previousPage>): void => {
    setQuery(change);
    onTurn();
  };
  return (
    <nav class="pager" aria-label="Pages of lines">
      <button
        type="button"
        class="button"
        disabled={state.cursors.length === 0}
        onClick={() => turn(previousPage(state))}
      >
        ← {back}
      </button>
      <span class="muted">Page {state.page}</span>
      <button
        type="button"
        class="button"
        disabled={next === null}
        onClick={() => next !== null && turn(nextPage(state, next))}
      >
        {forward} →
      </button>
    </nav>
  );
}
