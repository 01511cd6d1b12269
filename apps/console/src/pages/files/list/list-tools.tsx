import { useEffect, useRef } from 'preact/hooks';
import { count } from '../../../format/format.ts';
import { query, setQuery } from '../../../router/location.ts';
import type { FilesAnswer } from '../log-file.ts';
import { countOf, STATES, stateOf } from './list-query.ts';

/** Filters are applied once the user has not typed for this time. */
const TYPING_MS = 250;

/** Narrows the list to a state and to a part of the name. */
export function ListTools({ stats }: { readonly stats: FilesAnswer['stats'] | null }) {
  const chosen = stateOf(query.value.get('state'));
  return (
    <div class="files-tools">
      <fieldset class="file-states">
        <legend class="visually-hidden">State of the files</legend>
        {STATES.map(({ state, label }) => (
          <button
            key={label}
            type="button"
            class="button"
            data-kind="quiet"
            aria-pressed={state === chosen}
            onClick={() => setQuery({ state, cursor: null })}
          >
            {label} {stats !== null && <Count of={countOf(stats, state)} isBad={state === 'failed'} />}
          </button>
        ))}
      </fieldset>
      <NameFilter />
    </div>
  );
}

function Count({ of, isBad }: { readonly of: number; readonly isBad: boolean }) {
  return <span class={isBad && of > 0 ? 'bad' : 'muted'}>{count(of)}</span>;
}

function NameFilter() {
  const timer = useRef(0);
  const input = useRef<HTMLInputElement>(null);
  const name = query.value.get('name') ?? '';
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    // A link or the history of the browser has changed it, and not the user's typing.
    if (input.current && input.current.value.trim() !== name) input.current.value = name;
  }, [name]);
  const type = ({ currentTarget }: { readonly currentTarget: HTMLInputElement }): void => {
    clearTimeout(timer.current);
    const typed = currentTarget.value.trim();
    timer.current = window.setTimeout(() => setQuery({ name: typed, cursor: null }, { replace: true }), TYPING_MS);
  };
  return (
    <input
      class="input"
      type="search"
      aria-label="A part of the name"
      placeholder="Filter by name"
      maxLength={200}
      ref={input}
      onInput={type}
    />
  );
}
