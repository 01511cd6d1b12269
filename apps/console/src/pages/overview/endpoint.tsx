import { LatencyScale } from '../../charts/latency-scale.tsx';
import { bytes, count, duration, percent, seconds } from '../../format/format.ts';
import { now } from '../../live/now.ts';
import type { Section } from '../../live/types.ts';
import { Panel } from '../../ui/panel.tsx';
import { ageText, type Upcoming, upcomingText } from './upcoming-text.ts';
import { type Counts, sumsOf } from './window.ts';

type Fresh = NonNullable<Section<'cache'>['endpoints'][string]['fresh']>;

export interface EndpointProps {
  readonly prefix: string;
  readonly route: string;
  readonly what: string;
  /** Undefined without reads. */
  readonly counts: Counts | undefined;
  /** How long its answers are kept, and why; undefined before the first read. */
  readonly fresh: Fresh | undefined;
  /** Null before the first sample. */
  readonly upcoming: { readonly at: number; readonly next: Upcoming } | null;
}

/** One cached endpoint. */
export function Endpoint({ prefix, route, what, counts, fresh, upcoming }: EndpointProps) {
  return (
    <Panel title={prefix} aside={<code class="muted">{route}</code>} class="stacked endpoint">
      <p class="muted small">{what}</p>
      <Rate counts={counts} />
      <LatencyScale hit={counts?.latency_ms.hit ?? null} miss={counts?.latency_ms.miss ?? null} />
      <Facts counts={counts} fresh={fresh} upcoming={upcoming} />
    </Panel>
  );
}

function Rate({ counts }: Pick<EndpointProps, 'counts'>) {
  if (counts === undefined) return <p class="muted">No reads yet</p>;
  const { percent: share, reads } = sumsOf([counts]);
  if (reads + counts.bypasses === 0) return <p class="muted">No reads yet</p>;
  const parts = [
    { name: 'hits', one: 'hit', n: counts.hits, series: 'hit' },
    { name: 'stale', one: 'stale', n: counts.stale, series: 'stale' },
    { name: 'misses', one: 'miss', n: counts.misses, series: 'miss' },
  ].filter(({ n }) => n > 0);
  const before = (i: number): number => parts.slice(0, i).reduce((sum, part) => sum + part.n, 0);
  // A bypass is not a part of the share.
  const named = [...parts, { name: 'bypasses', one: 'bypass', n: counts.bypasses }].filter(({ n }) => n > 0);
  return (
    <div class="rate">
      <p>
        <strong class="rate-value">{share === null ? '–' : percent(share)}</strong>{' '}
        <span class="muted">from the cache</span>
      </p>
      <svg class="rate-bar" viewBox="0 0 100 3" preserveAspectRatio="none" aria-hidden="true">
        {parts.map(({ name, n, series }, i) => (
          <rect key={name} data-series={series} x={(before(i) / reads) * 100} width={(n / reads) * 100} height="3" />
        ))}
      </svg>
      <p class="muted small">{named.map(({ name, one, n }) => `${count(n)} ${n === 1 ? one : name}`).join(' · ')}</p>
    </div>
  );
}

function Facts({ counts, fresh, upcoming }: Pick<EndpointProps, 'counts' | 'fresh' | 'upcoming'>) {
  const passedMs = upcoming === null ? 0 : Math.max(0, now.value - upcoming.at);
  const age = upcoming === null ? null : ageText(upcoming.next, passedMs);
  return (
    <dl class="facts">
      <dt>Time saved</dt>
      <dd>{duration(counts?.load_ms_saved ?? 0)}</dd>
      <dt>Served</dt>
      <dd>{bytes(counts?.bytes_served ?? 0)}</dd>
      {fresh && <dt>Kept for</dt>}
      {fresh && <dd title={fresh.why}>{seconds(fresh.fresh_ms)}</dd>}
      <dt>Hottest answer</dt>
      <dd>{age === null ? '–' : `${age} old`}</dd>
      <dt>Next</dt>
      <dd>{upcoming === null ? '–' : upcomingText(upcoming.next, passedMs)}</dd>
    </dl>
  );
}
