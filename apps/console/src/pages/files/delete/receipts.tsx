import { useEffect, useRef } from 'preact/hooks';
import { howText, processOf } from '../../../confirmations/confirmations.ts';
import { duration } from '../../../format/format.ts';
import { visibleName } from '../../../format/visible-text.ts';
import { UserName, UserText } from '../../../ui/user-text.tsx';
import { counted } from '../log-file.ts';
import { closeReceipt, type Receipt, receipts } from './delete-file.ts';

/** What the deletions of this tab did. The newest receipt takes the focus, because the row of its file is gone. */
export function Receipts() {
  const newest = useRef<HTMLLIElement>(null);
  const last = receipts.value[0];
  useEffect(() => newest.current?.focus(), [last]);
  if (last === undefined) return null;
  return (
    <ul class="deletions" aria-label="Deleted files">
      {receipts.value.map((receipt) => (
        <li
          key={receipt.fileId}
          class="notice receipt"
          data-tone={receipt.state === 'applied' ? 'ok' : 'warn'}
          tabIndex={-1}
          ref={receipt === last ? newest : null}
        >
          <span class="mark" aria-hidden="true">
            {receipt.state === 'applied' ? '✓' : '…'}
          </span>
          <Text receipt={receipt} />
          <button
            type="button"
            class="button"
            data-kind="quiet"
            aria-label={`Close the receipt of ${visibleName(receipt.name)}`}
            onClick={() => closeReceipt(receipt)}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

function Text({ receipt }: { readonly receipt: Receipt }) {
  const { name, lines, state, position, receiptMs, processes, tookMs, groups } = receipt;
  return (
    <div class="receipt-text">
      <strong>
        Deleted <UserName name={name} />
      </strong>
      {state === 'applied' ? (
        <p class="muted">
          Every process confirmed{receiptMs !== null && ` within ${duration(receiptMs)}`} that it serves no answer with
          its {counted(lines, 'line')}: position {position} of the invalidation log. The whole request took{' '}
          {duration(tookMs)}.
        </p>
      ) : (
        <p class="muted">
          The file is deleted, and the invalidation log did not answer, so the invalidation is pending: a worker applies
          it once the log answers. Until then another process may serve an answer with its {counted(lines, 'line')}, as
          unverified.
        </p>
      )}
      <Processes processes={processes} />
      {groups.length > 0 && <p class="muted small">Invalidated: {groups.join(', ')}</p>}
    </div>
  );
}

/** Which processes confirmed, and when. */
function Processes({ processes }: Pick<Receipt, 'processes'>) {
  if (processes.length === 0) return null;
  return (
    <ul class="receipt-processes muted small" aria-label="Receipts by process">
      {processes.map((one) => {
        const { kind, where } = processOf(one.process);
        return (
          <li key={one.process}>
            <UserText text={`${kind} ${where ?? ''} ${howText(one)} after ${duration(one.after_ms)}`} />
          </li>
        );
      })}
    </ul>
  );
}
