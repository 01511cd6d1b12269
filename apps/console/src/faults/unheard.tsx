import { timeOfDay } from '../format/format.ts';
import { connection } from '../live/live.ts';

/** Says that the state on the page is old, while the api does not answer. */
export function Unheard({ at }: { readonly at: number }) {
  const state = connection.value;
  if (state.kind !== 'lost') return null;
  return (
    <p class="notice" data-tone="warn">
      <span class="mark" aria-hidden="true">
        !
      </span>
      <span>
        <strong>The api has not answered since {timeOfDay(state.since)}.</strong>{' '}
        <span class="muted">
          The page shows the state of {timeOfDay(at)}. Whether something is wrong now is unknown; the page asks again
          every few seconds.
        </span>
      </span>
    </p>
  );
}
