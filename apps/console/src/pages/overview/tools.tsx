import { answerOf } from '@pilotlight/client';
import { setQuery } from '../../router/location.ts';
import { withToken } from '../../session/session.ts';
import { toast, toastError } from '../../ui/toasts.tsx';
import { SPANS, type Span } from './window.ts';

/** Chooses the span of time that the page counts, and resets the counts. */
export function Tools({ span }: { readonly span: Span }) {
  return (
    <div class="tools">
      <fieldset class="segments">
        <legend class="visually-hidden">Span of the counts</legend>
        {SPANS.map(({ name, label }) => (
          <button
            key={name}
            type="button"
            class="button"
            data-kind="quiet"
            aria-pressed={name === span}
            onClick={() => setQuery({ span: name === 'all' ? null : name }, { replace: true })}
          >
            {label}
          </button>
        ))}
      </fieldset>
      <button type="button" class="button" data-kind="quiet" onClick={() => void reset()}>
        Reset the counts
      </button>
    </div>
  );
}

async function reset(): Promise<void> {
  try {
    await withToken('reset the counts', (client) => answerOf(client.POST('/api/cache/stats/reset')));
    toast('The counts of all processes are reset');
  } catch (error) {
    toastError(error);
  }
}
