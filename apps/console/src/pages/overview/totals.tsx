import type { ComponentChildren } from 'preact';
import { bytes, count, duration, percent } from '../../format/format.ts';
import type { Sums } from './window.ts';

/** The sums over all endpoints and processes. */
export function Totals({ cached, reads, percent: share, savedMs, bytes: served }: Sums) {
  return (
    <dl class="totals">
      <Total name="Answered from the cache" value={share === null ? '–' : percent(share)}>
        {count(cached)} of {count(reads)} reads
      </Total>
      <Total name="Database time saved" value={duration(savedMs)}>
        in loads that were not needed
      </Total>
      <Total name="Bytes served" value={bytes(served)}>
        bodies of answers
      </Total>
    </dl>
  );
}

interface TotalProps {
  readonly name: string;
  readonly value: string;
  readonly children: ComponentChildren;
}

function Total({ name, value, children }: TotalProps) {
  return (
    <div class="panel total">
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span class="muted small">{children}</span>
      </dd>
    </div>
  );
}
