import { count, duration } from '../../format/format.ts';
import { Panel } from '../../ui/panel.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { type InvalidateForm, targetText } from './invalidate-form.ts';
import type { Invalidated } from './types.ts';

export interface PreviewProps {
  readonly form: InvalidateForm;
  readonly result: Invalidated;
  readonly isBusy: boolean;
  readonly invalidate: () => void;
}

/** What an invalidation would hit, and what it costs to load the answers in demand again. */
export function Preview({ form, result, isBusy, invalidate }: PreviewProps) {
  const { invalidated: entries, rewarm } = result;
  return (
    <Panel title="Preview" class="stacked">
      <p class="muted">
        To invalidate <UserText text={targetText(form)} /> would hit:
      </p>
      <dl class="numbers">
        <div>
          <dt>stored {entries === 1 ? 'entry' : 'entries'}</dt>
          <dd>{count(entries)}</dd>
        </div>
        <div>
          <dt>keys in demand</dt>
          <dd>{rewarm == null ? 'unknown' : count(rewarm.keys)}</dd>
        </div>
        <div>
          <dt>to load these again</dt>
          <dd>{rewarm == null ? 'unknown' : duration(rewarm.load_ms)}</dd>
        </div>
      </dl>
      {rewarm === null && <p class="refused">The store of the demand does not answer, so the cost is unknown.</p>}
      {rewarm != null && rewarm.unmeasured > 0 && (
        <p class="muted small">The load of {count(rewarm.unmeasured)} of these keys has not been measured yet.</p>
      )}
      <div class="actions">
        <button type="button" class="button" data-kind="danger" disabled={isBusy} onClick={invalidate}>
          Invalidate…
        </button>
      </div>
    </Panel>
  );
}
