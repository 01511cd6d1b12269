import { answerOf } from '@pilotlight/client';
import { withToken } from '../../session/session.ts';
import { SpanChoice } from '../../spans/span-choice.tsx';
import type { Span } from '../../spans/spans.ts';
import { toast, toastError } from '../../ui/toasts.tsx';

/** Chooses the span of time that the page counts, and resets the counts. */
export function Tools({ span }: { readonly span: Span }) {
  return (
    <div class="tools">
      <SpanChoice span={span} />
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
