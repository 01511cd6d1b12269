import type { ReadOutcome } from '@pilotlight/client';
import { duration } from '../../format/format.ts';
import { Outcome } from '../../ui/outcome.tsx';
import { servedText } from './served-text.ts';

/** The outcome of a read and how long it took, as the browser measured it. */
export interface Serving {
  readonly outcome: ReadOutcome | null;
  readonly tookMs: number;
}

/** Says how an answer was served. */
export function Served({ outcome, tookMs }: Serving) {
  const detail = servedText(outcome);
  return (
    <span class="file-served muted small">
      <Outcome kind={outcome?.outcome ?? 'unknown'} /> in {duration(tookMs)}
      {detail !== '' && ` · ${detail}`}
    </span>
  );
}
