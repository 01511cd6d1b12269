import { type Confirmation, howText, processOf, rippleShares } from '../../confirmations/confirmations.ts';
import { duration } from '../../format/format.ts';
import './ripple.css';
import { UserText } from '../../ui/user-text.tsx';

export interface RippleProps {
  readonly confirmations: readonly Confirmation[];
  /** Whether to draw the bars as they grew. Never with reduced motion. */
  readonly isNew?: boolean;
}

/** The receipts of an invalidation: when each process was known to serve nothing of it. */
export function Ripple({ confirmations, isNew = false }: RippleProps) {
  if (confirmations.length === 0)
    return (
      <p class="muted small">
        The process that invalidated had not known this epoch for a whole lease, so it waited until every lease had
        ended.
      </p>
    );
  const shares = rippleShares(confirmations);
  return (
    <ol class="ripple" aria-label="Receipts by process" data-new={isNew || undefined}>
      {confirmations.map((one, i) => {
        const { kind, where } = processOf(one.process);
        return (
          <li key={one.process} data-how={one.how}>
            <span class="ripple-who">
              <strong>
                <UserText text={kind} />
              </strong>{' '}
              {where !== null && <UserText class="muted" text={where} />}
            </span>
            <svg class="ripple-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect class="ripple-track" y="3" width="100" height="2" />
              <rect class="ripple-fill" y="1" width={(shares[i] ?? 0) * 100} height="6" />
            </svg>
            <span class="ripple-when">
              {howText(one)} after {duration(one.after_ms)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}
