import type { ComponentChildren } from 'preact';
import { bytes, count, duration, percent } from '../../format/format.ts';
import type { Section } from '../../live/types.ts';

/** The sums over all endpoints since the counts began. */
export function Totals({ cache }: { readonly cache: Section<'cache'> }) {
  const all = Object.values(cache.endpoints);
  const saved = all.reduce((sum, { load_ms_saved }) => sum + load_ms_saved, 0);
  const served = all.reduce((sum, { bytes_served }) => sum + bytes_served, 0);
  const { total_requests, hit_rate_percent, hits } = cache.cache_stats;
  return (
    <dl class="totals">
      <Total name="Answered from the cache" value={total_requests === 0 ? '–' : percent(hit_rate_percent)}>
        {count(hits)} of {count(total_requests)} reads
      </Total>
      <Total name="Database time saved" value={duration(saved)}>
        the loads that cached answers made unnecessary
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
