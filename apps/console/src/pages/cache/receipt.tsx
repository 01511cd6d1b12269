import { count, duration } from '../../format/format.ts';
import { Link } from '../../router/link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Panel } from '../../ui/panel.tsx';
import { UserText } from '../../ui/user-text.tsx';
import { type InvalidateForm, targetText } from './invalidate-form.ts';
import { hrefOf } from './links.ts';
import { Ripple } from './ripple.tsx';
import type { Invalidated } from './types.ts';

/** The receipt of an invalidation: its position, and when each process confirmed. */
export function Receipt({ form, result }: { readonly form: InvalidateForm; readonly result: Invalidated }) {
  const { invalidated: entries, position, receipt_ms: receiptMs, processes } = result;
  return (
    <Panel
      title={`Invalidated at position ${position ?? 0}`}
      aside={<Badge tone="ok">on every process</Badge>}
      class="stacked"
    >
      <p class="muted">
        {count(entries)} stored {entries === 1 ? 'entry' : 'entries'} of <UserText text={targetText(form)} />
        {form.mode === 'expire' ? ' expired' : ''}, in {duration(receiptMs ?? 0)}.
      </p>
      <Ripple confirmations={processes} isNew />
      <p class="small">
        <Link href={hrefOf({ tab: 'log' })}>Show it in the log</Link>
      </p>
    </Panel>
  );
}
